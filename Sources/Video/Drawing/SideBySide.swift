/// Clips of one size beside each other in one picture, each under its label.
///
/// Two and three clips stand in a row, more of them in two rows.
package struct SideBySide: Sendable {
  /// The size of the whole.
  package let size: PictureSize

  private let labels: [String]
  private let part: PictureSize
  private let columns: Int
  private let scale: Int
  private let strip: Int

  private static let gap = 2
  private static let ground: PictureColor = (24, 24, 28)
  private static let ink: PictureColor = (225, 225, 225)

  /// - Parameters:
  ///   - labels: one a clip; a long one is cut.
  ///   - part: the size of each clip.
  package init(labels: [String], part: PictureSize) {
    precondition(!labels.isEmpty)
    self.part = part
    columns = labels.count <= 3 ? labels.count : (labels.count + 1) / 2
    let rows = (labels.count + columns - 1) / columns
    scale = 1 + min(part.width, part.height) / 360
    // Even, as an mp4 wants its sides.
    strip = (BitmapFont.height + 3) * scale
    let length = max(TextLines.characters(in: part.width - 2 * Self.gap, scale: scale), 1)
    self.labels = labels.map { TextLines.broken($0, length: length, limit: 1).first ?? "" }
    let width = columns * part.width + (columns - 1) * Self.gap
    let height = rows * (part.height + strip)
    size = PictureSize(width: width + width % 2, height: height + height % 2)
  }

  /// One picture of as many as there are labels.
  package func picture(_ parts: [Picture]) -> Picture {
    precondition(parts.count == labels.count && parts.allSatisfy { $0.size == part })
    var result = Picture(width: size.width, height: size.height, filledWith: Self.ground)
    for (index, picture) in parts.enumerated() {
      let x = index % columns * (part.width + Self.gap)
      let y = index / columns * (part.height + strip)
      result.draw(
        labels[index], x: x + Self.gap, y: y + 2 * scale, scale: scale, Self.ink)
      result.paste(picture, x: x, y: y + strip)
    }
    return result
  }
}
