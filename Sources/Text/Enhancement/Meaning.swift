/// What a phrase says: a value of one of the world's tables, or a part that it plays in a sentence.
package struct Meaning: Sendable, Hashable, CustomStringConvertible {
  /// The tables that the rewriter knows how to put into a caption, and its own.
  package enum Table: String, Sendable, CaseIterable {
    /// What a subject is.
    case size, material, colour, shape
    /// What one subject does, and what two do to each other.
    case action, interaction
    /// Where, by which camera, how near, and drawn how.
    case scene, camera, framing, style
    /// Verbs that want a direction before they say anything, and directions.
    case family, direction
    /// Words that join, order, count and negate; see `Joint`.
    case word
  }

  package let table: Table
  package let value: String

  package init(_ table: Table, _ value: String) {
    self.table = table
    self.value = value
  }

  /// Reads `colour:red`; nil for a table that there is not.
  package init?(_ text: String) {
    guard let colon = text.firstIndex(of: ":"), let table = Table(rawValue: String(text[..<colon])),
      colon != text.indices.last
    else { return nil }
    self.init(table, String(text[text.index(after: colon)...]))
  }

  package var description: String { "\(table.rawValue):\(value)" }
}

/// The parts that words play in a sentence.
enum Joint: String, CaseIterable {
  /// The camera is what the clause speaks of.
  case camera
  /// Says nothing: articles, prepositions, "a video of".
  case ignored
  /// A clause ends: what follows happens next, first, or at the same time.
  case then, first, `while`
  /// "after X" and "before X", and 「X 之前」, which stands behind.
  case after, before, ahead
  case not
  /// "a", "another": a subject that was not spoken of; "two": two alike.
  case new, another, two
  case pronoun
  /// Who does it stands behind, or before: "is pushed by", 「被」.
  case passive
  /// The next shot begins.
  case cut
}
