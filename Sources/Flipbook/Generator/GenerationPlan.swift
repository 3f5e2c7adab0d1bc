package import Checkpoint

/// What a run will be and will need, known before anything is loaded.
public struct GenerationPlan: Sendable, Equatable {
  /// Width and height in pixels.
  public let size: FrameSize
  /// Frames at 24 a second.
  public let frames: Int
  /// Latent frames, rows and columns.
  public let latentGrid: [Int]
  /// Numbers at each position of the grid.
  public let latentChannels: Int
  /// How many stretches the video is made of, one after the other; 1 where all is made at once.
  public let stretches: Int
  /// Frames of the longest stretch, with those that it takes over from the one before.
  public let stretchFrames: Int
  /// Picture tokens of a stretch: one a position of its latent grid.
  public let pictureTokens: Int
  /// Text tokens of each shot.
  public let textTokens: [Int]
  /// The shots, in their order.
  public let shots: [ShotPlan]
  /// Steps from noise to video, in every stretch.
  public let steps: Int
  /// How often the transformer runs: twice a step where guidance acts.
  public let evaluations: Int
  /// Bytes of the weights as they lie in memory.
  public let weightByteCount: Int
  /// Bytes of the activations.
  public let arenaByteCount: Int
  /// Bytes of the whole run at its highest.
  public let peakByteCount: Int
  /// Floating-point operations of the whole run, a multiplication with its addition counted as two.
  public let operations: Double

  /// The clip's length in seconds.
  public var seconds: Double { Double(frames) / Double(ClipLength.framesPerSecond) }

  /// The plan as rows of a label and a value, for a person.
  package var rows: [(label: String, value: String)] {
    [
      ("size", "\(size)"),
      ("frames", "\(frames) (\(Quantity.decimals(seconds, 2)) s at 24 a second)"),
      ("latents", latentGrid.map(String.init).joined(separator: " × ")),
      ("picture tokens", "\(pictureTokens)"),
      ("text tokens", textTokens.map(String.init).joined(separator: " + ")),
      ("stretches", stretches == 1 ? "1" : "\(stretches) of \(stretchFrames) frames"),
      ("steps", "\(steps) (\(evaluations) runs of the transformer)"),
      ("weights", Quantity.bytes(weightByteCount)),
      ("activations", Quantity.bytes(arenaByteCount)),
      ("memory", "\(Quantity.bytes(peakByteCount)) at most"),
      ("operations", Quantity.operations(operations)),
    ]
  }

  /// The plan for a program.
  package var value: JSONValue {
    [
      "width": JSONValue(size.width), "height": JSONValue(size.height),
      "frames": JSONValue(frames), "seconds": .number(seconds),
      "latent_grid": .array(latentGrid.map { JSONValue($0) }),
      "picture_tokens": JSONValue(pictureTokens),
      "text_tokens": .array(textTokens.map { JSONValue($0) }),
      "stretches": JSONValue(stretches), "stretch_frames": JSONValue(stretchFrames),
      "steps": JSONValue(steps), "evaluations": JSONValue(evaluations),
      "weight_bytes": JSONValue(weightByteCount), "arena_bytes": JSONValue(arenaByteCount),
      "peak_bytes": JSONValue(peakByteCount), "operations": .number(operations),
    ]
  }
}
