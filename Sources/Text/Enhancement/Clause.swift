/// A part of a sentence with at most one verb of the camera and one of a subject, roughly: what
/// stands between marks of punctuation and words that join.
struct Clause {
  /// How it follows on what was said.
  enum Order {
    /// It happens when it is said.
    case plain
    /// "after X": earlier than the clause before it.
    case earlier
    /// "before X", said first, and 「X 之前」: later than the clause behind it.
    case later
  }

  var lexemes: [Lexeme] = []
  var order = Order.plain
  /// Whether a sentence begins here.
  var beginsSentence = true

  /// Divides a shot.
  static func divide(_ lexemes: [Lexeme]) -> [Clause] {
    var clauses: [Clause] = []
    var clause = Clause()
    func saysAnything(_ clause: Clause) -> Bool {
      clause.lexemes.contains { !$0.isJoint(.ignored) }
    }
    func end(next: Clause) {
      if saysAnything(clause) {
        clauses.append(clause)
        clause = next
      } else {
        // "and then", "after that": what opened the empty clause holds for the next one.
        clause = Clause(
          order: next.order == .plain ? clause.order : next.order,
          beginsSentence: clause.beginsSentence || next.beginsSentence)
      }
    }
    for lexeme in lexemes {
      if case .end = lexeme.content {
        end(next: Clause(beginsSentence: true))
      } else if lexeme.isJoint(.after) {
        let hasBefore = saysAnything(clause) || !(clauses.isEmpty || clause.beginsSentence)
        end(next: Clause(order: hasBefore ? .earlier : .plain, beginsSentence: false))
      } else if lexeme.isJoint(.before) {
        let hasBefore = saysAnything(clause) || !(clauses.isEmpty || clause.beginsSentence)
        end(next: Clause(order: hasBefore ? .plain : .later, beginsSentence: false))
      } else if lexeme.isJoint(.ahead) {
        clause.order = .later
        end(next: Clause(beginsSentence: false))
      } else if [Joint.then, .first, .while].contains(where: lexeme.isJoint) {
        end(next: Clause(beginsSentence: false))
      } else {
        clause.lexemes.append(lexeme)
      }
    }
    if saysAnything(clause) { clauses.append(clause) }
    return clauses
  }
}
