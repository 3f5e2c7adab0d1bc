/// Frames of a clip in a grid, each with its time and number below, under a title.
///
/// Frames are pasted as they come, so that a clip of any length takes the memory of one sheet. A clip
/// of more than `mostFrames` is shown in even steps, its first and its last frame among them.
package struct ContactSheet: Sendable {
  /// Five rows of five: every frame of a clip of a second.
  package static let mostFrames = 25
  /// Larger frames are made smaller by a whole factor until they have at most so many pixels a side.
  package static let longestSide = 400

  /// The sheet, as far as frames have come.
  package private(set) var picture: Picture
  /// How many frames have come.
  package private(set) var frameCount = 0

  private let clipCount: Int
  private let framesPerSecond: Double
  private let factor: Int
  private let columns: Int
  private let cell: (width: Int, height: Int)
  private let top: Int
  /// Which frames are shown, in order.
  private let shown: [Int]

  private static let gap = 4
  private static let titleLines = 4
  private static let ground: PictureColor = (24, 24, 28)
  private static let ink: PictureColor = (225, 225, 225)

  /// - Parameters:
  ///   - title: stands above the frames, cut where it is longer than a few lines.
  ///   - frameCount: how many frames the clip has; more of them are left out.
  ///   - size: of a frame.
  package init(title: String, frameCount: Int, size: PictureSize, framesPerSecond: Double) {
    precondition(frameCount > 0 && framesPerSecond > 0)
    clipCount = frameCount
    self.framesPerSecond = framesPerSecond
    let count = min(frameCount, Self.mostFrames)
    shown = (0..<count).map { index in
      count == 1 ? 0 : (index * (frameCount - 1) + (count - 1) / 2) / (count - 1)
    }
    factor = max((max(size.width, size.height) + Self.longestSide - 1) / Self.longestSide, 1)
    cell = (
      // Wide enough for a label of eleven characters, however narrow the frames are.
      max(max(size.width / factor, 1), TextLines.width(characters: 11, scale: 1)),
      max(size.height / factor, 1) + BitmapFont.lineAdvance + 1
    )
    columns = Self.columns(count, cell: cell)
    let rows = (count + columns - 1) / columns
    let width = columns * (cell.width + Self.gap) + Self.gap
    let scale = width >= 600 ? 2 : 1
    let length = TextLines.characters(in: width - 2 * Self.gap, scale: scale)
    let lines = TextLines.broken(title, length: max(length, 1), limit: Self.titleLines)
    let titleHeight = TextLines.height(lines: lines.count, scale: scale)
    top = titleHeight == 0 ? Self.gap : titleHeight + 2 * Self.gap
    picture = Picture(
      width: width, height: top + rows * (cell.height + Self.gap), filledWith: Self.ground)
    for (index, line) in lines.enumerated() {
      picture.draw(
        line, x: Self.gap, y: Self.gap + index * BitmapFont.lineAdvance * scale, scale: scale,
        Self.ink)
    }
  }

  /// As many columns as make the sheet about four to three, and no row nearly empty.
  private static func columns(_ count: Int, cell: (width: Int, height: Int)) -> Int {
    let ideal = (Double(count * 4 * cell.height) / Double(3 * cell.width)).squareRoot()
    let rows = max((Double(count) / max(ideal.rounded(), 1)).rounded(.up), 1)
    return max(Int((Double(count) / rows).rounded(.up)), 1)
  }

  /// Takes the next frame of the clip, and shows it where its turn has come.
  package mutating func append(_ frame: Picture) {
    defer { frameCount += 1 }
    guard let index = shown.firstIndex(of: frameCount) else { return }
    let x = Self.gap + index % columns * (cell.width + Self.gap)
    let y = top + index / columns * (cell.height + Self.gap)
    let small = frame.reduced(by: min(factor, frame.width, frame.height))
    picture.paste(small, x: x + (cell.width - small.width) / 2, y: y)
    picture.draw(
      label(frameCount), x: x, y: y + cell.height - BitmapFont.lineAdvance + 1, scale: 1, Self.ink)
  }

  /// `0.50 s  #12`
  private func label(_ frame: Int) -> String {
    let hundredths = Int((Double(frame) / framesPerSecond * 100).rounded())
    let digits = hundredths % 100
    return "\(hundredths / 100).\(digits < 10 ? "0" : "")\(digits) s  #\(frame)"
  }
}
