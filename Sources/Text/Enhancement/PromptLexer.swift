/// A prompt as tokens: words of letters and digits in lower case, ideographs one by one, and where
/// punctuation ends a clause. Hyphens part words; particles are gone.
struct PromptLexer {
  struct Token: Equatable {
    /// Nil where a clause ends.
    let text: String?
    /// Where it stands in the source.
    let range: Range<String.Index>
  }

  /// Characters that are dropped wherever they stand.
  let particles: Set<Character>

  /// The tokens of a text.
  func tokens(_ source: String) -> [Token] {
    var tokens: [Token] = []
    var index = source.startIndex
    while index < source.endIndex {
      let start = index
      let character = source[index]
      index = source.index(after: index)
      if character.isIdeograph {
        guard !particles.contains(character) else { continue }
        tokens.append(Token(text: String(character), range: start..<index))
      } else if character.isWordCharacter {
        while index < source.endIndex,
          source[index].isWordCharacter || source[index].isApostrophe
        {
          index = source.index(after: index)
        }
        append(source, start..<index, to: &tokens)
      } else if character.isNewline || (character.isPunctuation && !character.joinsWords) {
        tokens.append(Token(text: nil, range: start..<index))
      }
    }
    return tokens
  }

  /// The words alone, as phrases are looked up.
  func words(_ source: String) -> [String] { tokens(source).compactMap(\.text) }

  /// `doesn't` is two words, and what is left of `it's` is one.
  private func append(_ source: String, _ range: Range<String.Index>, to tokens: inout [Token]) {
    let word = source[range].lowercased()
    guard let apostrophe = word.firstIndex(where: \.isApostrophe) else {
      tokens.append(Token(text: word, range: range))
      return
    }
    let head = word[..<apostrophe]
    let tail = word[word.index(after: apostrophe)...]
    let isNegation = tail == "t" && head.hasSuffix("n")
    let stem = isNegation ? String(head.dropLast()) : String(head)
    tokens.append(Token(text: stem, range: range))
    if isNegation { tokens.append(Token(text: "not", range: range)) }
  }
}

extension Character {
  /// Han characters, which are words of their own.
  fileprivate var isIdeograph: Bool {
    !isASCII && unicodeScalars.contains(where: \.isBERTIdeograph)
  }
  fileprivate var isWordCharacter: Bool {
    // The tables of Unicode are slow, and most of a vocabulary is English.
    guard let ascii = asciiValue else { return (isLetter || isNumber) && !isIdeograph }
    return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(ascii | 0x20)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(ascii)
  }
  fileprivate var isApostrophe: Bool { self == "'" || self == "’" }
  /// A hyphen inside a word, quotation marks and brackets end no clause.
  fileprivate var joinsWords: Bool { "-‐–_/'’\"“”‘「」『』()（）《》*#@&·".contains(self) }
}
