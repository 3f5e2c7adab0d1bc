/// Width and height of a frame, in pixels.
public struct FrameSize: Sendable, Hashable, CustomStringConvertible {
  /// Pixels a row.
  public let width: Int
  /// Rows.
  public let height: Int

  /// A size as it stands; `check()` says whether a video can have it.
  public init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  /// `176x96`, the form that `--size` takes.
  public var description: String { "\(width)x\(height)" }

  /// Each side is a multiple of this, since a latent covers 16 × 16 pixels.
  public static let multiple = 16
  /// The shortest and the longest side.
  public static let sides = 32...2176
  /// The largest area: that of the largest product size, 1920 × 1088.
  public static let largestArea = 1920 * 1088

  /// - Throws: `FlipbookError.option` where no video can have this size.
  public func check() throws(FlipbookError) {
    for (side, length) in [("width", width), ("height", height)] {
      guard Self.sides.contains(length) else {
        throw .option(
          name: "size", found: description,
          expected: "a \(side) of \(Self.sides.lowerBound) to \(Self.sides.upperBound) pixels",
          advice: Self.advice)
      }
      guard length % Self.multiple == 0 else {
        let below = max(length / Self.multiple * Self.multiple, Self.sides.lowerBound)
        throw .option(
          name: "size", found: description,
          expected: "a \(side) that is a multiple of \(Self.multiple)",
          advice: "the nearest are \(below) and \(below + Self.multiple)")
      }
    }
    guard width * height <= Self.largestArea else {
      throw .option(
        name: "size", found: description, expected: "at most \(Self.largestArea) pixels a frame",
        advice: Self.advice)
    }
  }

  private static let advice =
    "for example --size 128x128, or --ratio 16:9 with --resolution base, 480p, 720p or 1080p"
}
