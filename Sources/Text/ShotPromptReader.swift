/// Cuts a prompt into text, shot marks and `||`, from left to right.
struct ShotPromptReader {
  enum Element: Equatable {
    case text(String)
    /// A shot mark, with the length in seconds of the shot that follows.
    case cut(seconds: Double?)
    case globalMark
  }

  /// What a shot mark begins with, in lower case; words are parted by any white space.
  private static let keywords: [[String]] = [["shot", "cut"], ["cut"], ["镜头切换"]]

  private let scalars: [Unicode.Scalar]
  private var position = 0

  init(_ prompt: String) { scalars = Array(prompt.unicodeScalars) }

  /// The next element, or nil at the end.
  ///
  /// - Throws: `TextError.unclosedMark`, `.shotLength`.
  mutating func next() throws(TextError) -> Element? {
    let start = position
    while position < scalars.count {
      let isBar = scalars[position...].starts(with: ["|", "|"] as [Unicode.Scalar])
      let keywordEnd = scalars[position] == "[" ? endOfKeyword(after: position) : nil
      guard isBar || keywordEnd != nil else {
        position += 1
        continue
      }
      // What stands before the mark comes first; the mark is read again by the next call.
      if position > start { break }
      if let keywordEnd { return try cut(keywordEnd: keywordEnd) }
      position += 2
      return .globalMark
    }
    return position > start ? .text(string(start..<position)) : nil
  }

  /// Where the keyword ends in a mark that opens at `opening`, or nil where the bracket is ordinary
  /// text: `[cute cats]` is no mark.
  private func endOfKeyword(after opening: Int) -> Int? {
    for words in Self.keywords {
      var index = opening + 1
      var isMatch = true
      for (number, word) in words.enumerated() {
        let wordStart = index
        while index < scalars.count, scalars[index].isBERTWhitespace { index += 1 }
        let letters = Array(word.unicodeScalars)
        isMatch =
          (number == 0 || index > wordStart)
          && scalars[index...].prefix(letters.count).map(\.properties.lowercaseMapping)
            == letters.map { String($0) }
        guard isMatch else { break }
        index += letters.count
      }
      if isMatch, index == scalars.count || !scalars[index].properties.isAlphabetic {
        return index
      }
    }
    return nil
  }

  /// Reads the mark at `position` whose keyword ends at `keywordEnd`, and goes past it.
  private mutating func cut(keywordEnd: Int) throws(TextError) -> Element {
    let rest = scalars[keywordEnd...]
    guard let closing = rest.firstIndex(where: { $0 == "[" || $0 == "]" }),
      scalars[closing] == "]"
    else {
      let shown = string(position..<min(scalars.count, position + 24))
      throw .unclosedMark(shown)
    }
    let mark = string(position..<closing + 1)
    let length = string(keywordEnd..<closing).trimmed
    position = closing + 1
    if length.isEmpty { return .cut(seconds: nil) }
    guard let seconds = Self.seconds(length) else { throw .shotLength(mark: mark) }
    return .cut(seconds: seconds)
  }

  /// `1.5s`, `2 s`, `.5S`: decimal digits, at most one point, and the unit. Nil for anything else;
  /// `Double` alone would also take `nan`, `0x2` and `1e9`.
  private static func seconds(_ text: String) -> Double? {
    guard text.last == "s" || text.last == "S" else { return nil }
    let number = text.dropLast().trimmed
    guard number.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E }),
      let seconds = Double(number), seconds.isFinite, seconds > 0
    else { return nil }
    return seconds
  }

  private func string(_ range: Range<Int>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars[range])
    return String(view)
  }
}
