/// Which tokens attend to which, as ranges of rows of one packed token array: a mask that takes no
/// memory.
package struct AttentionPattern: Sendable, Equatable {
  /// Every query of a group attends to every key of the group, and to no other.
  package struct Group: Sendable, Equatable {
    package let queries: [Range<Int>]
    package let keys: [Range<Int>]

    package init(queries: [Range<Int>], keys: [Range<Int>]) {
      self.queries = queries.filter { !$0.isEmpty }
      self.keys = keys.filter { !$0.isEmpty }
      precondition(
        self.queries.isEmpty || !self.keys.isEmpty, "queries that have nothing to attend to")
    }

    package var queryCount: Int { queries.reduce(0) { $0 + $1.count } }
    package var keyCount: Int { keys.reduce(0) { $0 + $1.count } }
  }

  package let groups: [Group]

  /// - Parameter groups: no row may be a query of two groups. The output of a row that is a query
  ///   of none is zero.
  package init(groups: [Group]) {
    self.groups = groups
  }

  /// Every one of `count` tokens attends to every one.
  package static func full(_ count: Int) -> AttentionPattern {
    AttentionPattern(groups: [Group(queries: [0..<count], keys: [0..<count])])
  }
}
