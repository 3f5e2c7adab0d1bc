/// A phrase of a prompt with what it may mean.
struct Lexeme {
  enum Content {
    /// Its readings, at least one.
    case known([Meaning])
    /// A word that nobody knows.
    case unknown
    /// Punctuation.
    case end
  }

  let content: Content
  /// As it stands in the prompt.
  let range: Range<String.Index>

  var readings: [Meaning] { if case .known(let readings) = content { readings } else { [] } }

  func isJoint(_ joint: Joint) -> Bool { readings.contains(Meaning(.word, joint.rawValue)) }
  func has(_ table: Meaning.Table) -> Bool { readings.contains { $0.table == table } }
}

extension PromptVocabulary {
  /// A prompt as phrases: the longest that the vocabulary has at each place, adverbs left out.
  ///
  /// - Parameter nearest: what an unknown word may mean all the same.
  func lexemes(_ source: String, nearest: (String) -> Meaning?) -> [Lexeme] {
    let tokens = withoutAdverbs(PromptLexer(particles: particles).tokens(source))
    var lexemes: [Lexeme] = []
    var start = 0
    while start < tokens.count {
      guard let word = tokens[start].text else {
        lexemes.append(Lexeme(content: .end, range: tokens[start].range))
        start += 1
        continue
      }
      if let (found, length) = longest(at: start, tokens, phrases) {
        // "jumps over" wants another subject; without one it is a jump.
        var readings = found
        if found.allSatisfy({ $0.table == .interaction }) {
          readings += ofOneSubject(at: start, tokens, shorterThan: length)
        }
        let range = tokens[start].range.lowerBound..<tokens[start + length - 1].range.upperBound
        lexemes.append(Lexeme(content: .known(readings), range: range))
        start += length
      } else {
        let content = nearest(word).map { Lexeme.Content.known([$0]) } ?? .unknown
        lexemes.append(Lexeme(content: content, range: tokens[start].range))
        start += 1
      }
    }
    return lexemes
  }

  /// What the longest shorter phrase says of a single subject.
  private func ofOneSubject(
    at start: Int, _ tokens: [PromptLexer.Token], shorterThan length: Int
  ) -> [Meaning] {
    var words = tokens[start..<start + length].compactMap(\.text).dropLast()
    while !words.isEmpty {
      let readings = (phrases[Array(words)] ?? []).filter { [.action, .family].contains($0.table) }
      if !readings.isEmpty { return readings }
      words.removeLast()
    }
    return []
  }

  private func withoutAdverbs(_ tokens: [PromptLexer.Token]) -> [PromptLexer.Token] {
    let table = Dictionary(uniqueKeysWithValues: adverbs.map { ($0, true) })
    var kept: [PromptLexer.Token] = []
    var start = 0
    while start < tokens.count {
      let length = longest(at: start, tokens, table)?.length
      if length == nil { kept.append(tokens[start]) }
      start += length ?? 1
    }
    return kept
  }

  /// The longest entry that begins with token `start`, and its length in tokens.
  private func longest<Value>(
    at start: Int, _ tokens: [PromptLexer.Token], _ table: [[String]: Value]
  ) -> (value: Value, length: Int)? {
    var words = tokens[start...].prefix(longestPhrase).prefix { $0.text != nil }.compactMap(\.text)
    while !words.isEmpty {
      if let value = table[words] { return (value, words.count) }
      words.removeLast()
    }
    return nil
  }
}
