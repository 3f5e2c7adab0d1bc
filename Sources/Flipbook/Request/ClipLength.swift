/// How long a clip is. The autoencoder makes four frames of a latent, and one of the first, so a
/// clip has 1 + 4k frames.
public enum ClipLength: Sendable, Equatable {
  /// As the model's config has it.
  case native
  /// This many frames.
  case frames(Int)
  /// 24·S + 1 frames.
  case seconds(Double)

  /// The only rate that the model was trained on.
  public static let framesPerSecond = 24
  /// In seconds. What is longer than the model's own sequences is made of stretches.
  public static let longestSeconds = 600.0
  /// One picture, to ten minutes.
  public static let frameLimits = 1...(24 * 600 + 1)

  /// - Parameter native: the model's own length, in frames.
  /// - Returns: frames, 1 + 4k of them.
  /// - Throws: `FlipbookError.option` where the length is none that the model can make.
  public func frameCount(native: Int) throws(FlipbookError) -> Int {
    switch self {
    case .native: return native
    case .frames(let count):
      guard Self.frameLimits.contains(count), count % 4 == 1 else {
        throw .option(
          name: "frames", found: String(count),
          expected: "1 + 4k: 1, 5, 9 … \(Self.frameLimits.upperBound)",
          advice: Self.nearest(to: count))
      }
      return count
    case .seconds(let seconds):
      let exact = seconds * Double(Self.framesPerSecond)
      guard exact.isFinite, exact >= 0, exact + 1 <= Double(Self.frameLimits.upperBound) else {
        throw .option(
          name: "duration", found: "\(seconds)",
          expected: "0 to \(Int(Self.longestSeconds)) seconds")
      }
      let count = Int(exact.rounded()) + 1
      // Seven sixths of a second is written 1.1667: a hundredth of a frame either way is the same.
      guard count % 4 == 1, abs(exact - exact.rounded()) < 0.01 else {
        throw .option(
          name: "duration", found: "\(seconds)",
          expected: "a multiple of 1/6 second, so that 24·S + 1 frames are 1 + 4k",
          advice: Self.nearest(to: count))
      }
      return count
    }
  }

  private static func nearest(to count: Int) -> String {
    let count = min(max(count, frameLimits.lowerBound), frameLimits.upperBound)
    let below = (count - 1) / 4 * 4 + 1
    guard count > 1, below < frameLimits.upperBound else {
      return "the nearest is --frames \(below)"
    }
    return "the nearest are --frames \(below) and --frames \(below + 4)"
  }
}
