/// Text that is broken into lines of the bitmap font.
package enum TextLines {
  /// Pixels that so many characters take, without the gap behind the last.
  package static func width(characters: Int, scale: Int) -> Int {
    max(characters * BitmapFont.advance - 1, 0) * scale
  }

  /// Pixels that so many lines take, without the gap below the last.
  package static func height(lines: Int, scale: Int) -> Int {
    max(lines * BitmapFont.lineAdvance - 2, 0) * scale
  }

  /// How many characters fit into so many pixels.
  package static func characters(in width: Int, scale: Int) -> Int {
    max((width / scale + 1) / BitmapFont.advance, 0)
  }

  /// Breaks a text between words, or inside of a word that is longer than a line.
  ///
  /// - Parameters:
  ///   - length: characters a line, at least one.
  ///   - limit: the most lines, at least one; what does not fit ends in dots.
  package static func broken(_ text: String, length: Int, limit: Int) -> [String] {
    precondition(length > 0 && limit > 0)
    var lines: [String] = []
    var line = ""
    for word in text.split(whereSeparator: \.isWhitespace) {
      var rest = word[...]
      if !line.isEmpty && line.count + 1 + rest.count <= length {
        line += " " + rest
        continue
      }
      if !line.isEmpty { lines.append(line) }
      while rest.count > length {
        lines.append(String(rest.prefix(length)))
        rest = rest.dropFirst(length)
      }
      line = String(rest)
    }
    if !line.isEmpty { lines.append(line) }
    guard lines.count > limit else { return lines }
    let last = lines[limit - 1]
    let dots = String(repeating: ".", count: min(3, length))
    return lines[..<(limit - 1)] + [last.prefix(length - dots.count) + dots]
  }
}
