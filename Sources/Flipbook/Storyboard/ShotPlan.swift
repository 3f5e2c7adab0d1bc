package import Checkpoint
import Diorama
import Text

/// What becomes of one shot: its place in the clip, and its tokens' places for the model.
public struct ShotPlan: Sendable, Equatable {
  /// Frames of the clip, counted from 0.
  public let frames: Range<Int>
  /// Latent frames.
  public let latents: Range<Int>
  /// Tokens of its text and of its pictures.
  public let textTokens: Int
  public let pictureTokens: Int
  /// Coordinates of its text tokens, the same for t, y and x; and of its picture tokens.
  public let textPlaces: Range<Int>
  public let t: Range<Int>
  public let y: Range<Int>
  public let x: Range<Int>

  /// When it begins and how long it lasts, in seconds.
  public var start: Double { Double(frames.lowerBound) / Double(ClipLength.framesPerSecond) }
  public var seconds: Double { Double(frames.count) / Double(ClipLength.framesPerSecond) }

  /// The shots of a clip.
  static func shots(of plan: PipelinePlan) -> [ShotPlan] {
    let grid = plan.grid
    let places = PositionEncoding.ranges(
      textLengths: plan.textTokens, shotFrames: plan.shotFrames, rows: grid.rows,
      columns: grid.columns)
    var latent = 0
    // The first latent is one frame, every other four.
    func frame(_ latent: Int) -> Int {
      latent == 0 ? 0 : LatentGrid(frames: latent, rows: 1, columns: 1).videoFrames
    }
    return zip(places, zip(plan.shotFrames, plan.textTokens)).map { places, counts in
      let latents = latent..<latent + counts.0
      latent = latents.upperBound
      return ShotPlan(
        frames: frame(latents.lowerBound)..<frame(latents.upperBound), latents: latents,
        textTokens: counts.1, pictureTokens: latents.count * grid.positionsPerFrame,
        textPlaces: places.text, t: places.t, y: places.y, x: places.x)
    }
  }

  /// Shots that last longer or shorter than they were asked to, one sentence each. The first frame of
  /// a clip comes on top: two seconds are 49 frames.
  static func notes(_ asked: [ShotPrompt.Shot], _ shots: [ShotPlan]) -> [String] {
    zip(asked, shots).enumerated().compactMap { index, pair in
      guard let seconds = pair.0.seconds else { return nil }
      // The first shot is as long as asked with that frame and without it.
      let missing =
        Double(pair.1.frames.count) - seconds * Double(ClipLength.framesPerSecond)
      guard missing < -0.5 || missing > (index == 0 ? 1.5 : 0.5) else { return nil }
      return "shot \(index + 1) lasts \(Quantity.decimals(pair.1.seconds, 2)) s, not "
        + "\(Quantity.decimals(seconds, 2)) s: cuts fall between latent frames, four frames apart"
    }
  }

  /// The shot as rows of a label and a value, for a person.
  package var rows: [(label: String, value: String)] {
    func span(_ range: Range<Int>) -> String {
      range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)–\(range.upperBound - 1)"
    }
    return [
      (
        "seconds",
        "\(Quantity.decimals(seconds, 2)), from \(Quantity.decimals(start, 2)) to "
          + Quantity.decimals(start + seconds, 2)
      ),
      ("frames", "\(frames.count) (\(span(frames)))"),
      ("latents", "\(latents.count) (\(span(latents)))"),
      ("tokens", "\(textTokens) of text, \(pictureTokens) of pictures"),
      ("text at", "t = y = x: \(span(textPlaces))"),
      ("pictures at", "t: \(span(t)), y: \(span(y)), x: \(span(x))"),
    ]
  }

  /// The shot for a program; ranges are [first, last].
  package var value: JSONValue {
    func pair(_ range: Range<Int>) -> JSONValue {
      [JSONValue(range.lowerBound), JSONValue(range.upperBound - 1)]
    }
    return [
      "start": .number(start), "seconds": .number(seconds), "frames": pair(frames),
      "latents": pair(latents), "text_tokens": JSONValue(textTokens),
      "picture_tokens": JSONValue(pictureTokens), "text_places": pair(textPlaces),
      "t": pair(t), "y": pair(y), "x": pair(x),
    ]
  }
}
