/// A visible mark in the lower right corner that says that a picture was generated: light letters on
/// a dark ground, both of them half transparent, so that it can be read on snow and at night. Nothing
/// outside of its rectangle changes.
package struct Watermark: Sendable {
  /// Where the mark lies. Its edges are even, so that it shares no chroma sample of an mp4 with what
  /// is around it.
  package let rectangle: PictureRectangle

  private let lines: [String]
  private let scale: Int
  private let size: PictureSize

  /// What the mark says, the fullest first: in one line, in two, and where hardly anything fits.
  private static let wordings = [
    ["Flipbook - AI generated"], ["Flipbook", "AI generated"], ["AI"],
  ]
  /// Of 255.
  private static let groundOpacity = 130
  private static let letterOpacity = 170
  /// Dots around the letters, and from the mark to the edges of the picture.
  private static let padding = 3

  /// The mark for pictures of a size. A dot of its font is one pixel, and one more for every 360
  /// of the shorter side.
  ///
  /// - Parameter size: at least 32 pixels a side.
  package init(size: PictureSize) {
    precondition(size.width >= 32 && size.height >= 32)
    let scale = 1 + min(size.width, size.height) / 360
    let margin = Self.padding * scale
    // One line in pictures twice as wide; else whatever fits.
    let lines =
      Self.wordings.first { lines in
        let room = lines.count == 1 ? size.width / 2 : size.width - 2 * margin
        return Self.side(lines, scale).width <= room
          && Self.side(lines, scale).height <= size.height / 2
      } ?? Self.wordings[2]
    let (width, height) = Self.side(lines, scale)
    rectangle = PictureRectangle(
      x: (size.width - width - margin) & ~1, y: (size.height - height - margin) & ~1,
      width: width, height: height)
    self.lines = lines
    self.scale = scale
    self.size = size
  }

  /// Width and height of a mark, both even.
  private static func side(_ lines: [String], _ scale: Int) -> (width: Int, height: Int) {
    let characters = lines.map(\.count).max() ?? 0
    let width = TextLines.width(characters: characters, scale: scale) + 2 * padding * scale
    let height = TextLines.height(lines: lines.count, scale: scale) + 2 * padding * scale
    return ((width + 1) & ~1, (height + 1) & ~1)
  }

  /// Draws the mark onto a picture of the size that it was made for.
  package func draw(on picture: inout Picture) {
    precondition(picture.size == size)
    picture.fill(rectangle, (0, 0, 0), opacity: Self.groundOpacity)
    for (index, line) in lines.enumerated() {
      let width = TextLines.width(characters: line.count, scale: scale)
      picture.draw(
        line, x: rectangle.x + (rectangle.width - width) / 2,
        y: rectangle.y + (Self.padding + index * BitmapFont.lineAdvance) * scale + scale / 2,
        scale: scale, (255, 255, 255), opacity: Self.letterOpacity)
    }
  }
}
