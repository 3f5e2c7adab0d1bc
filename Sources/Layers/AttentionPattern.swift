/// Which tokens attend to which, as ranges of rows of one packed token array: a mask that takes no
/// memory.
package struct AttentionPattern: Sendable, Equatable {
  /// Queries of a group attend to keys of the group, and to no others.
  package struct Group: Sendable, Equatable {
    package let queries: [Range<Int>]
    package let keys: [Range<Int>]
    /// Which of the keys each query sees.
    package let visibility: Visibility

    package init(
      queries: [Range<Int>], keys: [Range<Int>], visibility: Visibility = .all
    ) {
      self.queries = queries.filter { !$0.isEmpty }
      self.keys = keys.filter { !$0.isEmpty }
      self.visibility = visibility
      precondition(
        self.queries.isEmpty || !self.keys.isEmpty, "queries that have nothing to attend to")
    }

    package var queryCount: Int { queries.reduce(0) { $0 + $1.count } }
    package var keyCount: Int { keys.reduce(0) { $0 + $1.count } }

    /// The keys that a query sees, both counted along the concatenated ranges. Empty where the
    /// visibility leaves none.
    package func visibleKeys(ofQuery index: Int) -> Range<Int> {
      visibility.keys(ofQuery: index, queryCount: queryCount, keyCount: keyCount)
    }

    /// How many pairs of a query and a key it sees there are.
    package var pairCount: Int {
      if visibility == .all { return queryCount * keyCount }
      let (queryCount, keyCount) = (queryCount, keyCount)
      return (0..<queryCount).reduce(0) {
        $0 + visibility.keys(ofQuery: $1, queryCount: queryCount, keyCount: keyCount).count
      }
    }
  }

  /// A rule for the keys that a query sees: those of its own block of tokens and, where there are
  /// bounds, so many before and so many after that block.
  ///
  /// Positions are those of the group's order, the last query beside the last key: where there are
  /// more keys than queries, keys of text or of earlier frames come first.
  package struct Visibility: Sendable, Equatable {
    /// How many keys before the block are seen; all of them where it is `nil`.
    package let before: Int?
    /// How many keys after the block are seen; all of them where it is `nil`.
    package let after: Int?
    /// How many positions make a block. Blocks are counted from the first query.
    package let block: Int

    private init(before: Int?, after: Int?, block: Int) {
      precondition((before ?? 0) >= 0 && (after ?? 0) >= 0 && block > 0, "a visibility of nothing")
      self.before = before
      self.after = after
      self.block = block
    }

    /// Every key.
    package static let all = Visibility(before: nil, after: nil, block: 1)

    /// Keys up to the query's own; with blocks, up to the end of the query's block.
    package static func causal(block: Int = 1) -> Visibility {
      Visibility(before: nil, after: 0, block: block)
    }

    /// A sliding window: the query's own position, or block, and its neighbours.
    package static func window(before: Int, after: Int, block: Int = 1) -> Visibility {
      Visibility(before: before, after: after, block: block)
    }

    func keys(ofQuery index: Int, queryCount: Int, keyCount: Int) -> Range<Int> {
      let first = index / block * block + keyCount - queryCount
      let lower = before.map { max(first - $0, 0) } ?? 0
      let upper = after.map { min(first + block + $0, keyCount) } ?? keyCount
      return min(lower, keyCount)..<max(upper, min(lower, keyCount))
    }
  }

  package let groups: [Group]

  /// - Parameter groups: no row may be a query of two groups. The output of a row that is a query
  ///   of none is zero, and so is that of a row that sees no key.
  package init(groups: [Group]) {
    self.groups = groups
  }

  /// Every one of `count` tokens attends to every one, or to those that a rule leaves.
  package static func full(_ count: Int, visibility: Visibility = .all) -> AttentionPattern {
    AttentionPattern(
      groups: [Group(queries: [0..<count], keys: [0..<count], visibility: visibility)])
  }
}
