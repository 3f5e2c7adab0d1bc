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
    var lexemes: [Lexeme] = []
    for clause in PromptLexer(particles: particles).tokens(source).split(
      omittingEmptySubsequences: false, whereSeparator: { $0.text == nil })
    {
      let all = Array(clause)
      let tokens = adverbs.uncovered(in: all.compactMap(\.text)).map { all[$0] }
      let words = tokens.compactMap(\.text)
      var start = 0
      while start < tokens.count {
        let found = phrases.prefix(of: words[start...])
        let length = found?.length ?? 1
        let range = tokens[start].range.lowerBound..<tokens[start + length - 1].range.upperBound
        lexemes.append(
          Lexeme(content: content(found, words[start...], nearest: nearest), range: range))
        start += length
      }
      lexemes.append(Lexeme(content: .end, range: source.endIndex..<source.endIndex))
    }
    return lexemes
  }

  /// What a phrase, or the unknown word that stands first, may mean.
  private func content(
    _ found: (value: [Meaning], length: Int)?, _ words: ArraySlice<String>,
    nearest: (String) -> Meaning?
  ) -> Lexeme.Content {
    guard let (readings, length) = found else {
      return words.first.flatMap(nearest).map { .known([$0]) } ?? .unknown
    }
    // "jumps over" wants another subject; without one it is a jump.
    guard readings.allSatisfy({ $0.table == .interaction }) else { return .known(readings) }
    var limit = length - 1
    while let (shorter, length) = phrases.prefix(of: words, limit: limit) {
      let ofOne = shorter.filter { [.action, .family].contains($0.table) }
      if !ofOne.isEmpty { return .known(readings + ofOne) }
      limit = length - 1
    }
    return .known(readings)
  }
}
