/// What a run tells while it goes on, in this order; a run ends with `finished` or an error.
public enum GenerationEvent: Sendable {
  /// The weights are being read; only before the first video of a generator.
  case loading(model: String)
  /// The weights are in memory.
  case loaded(seconds: Double)
  /// What was made of the request: a prompt that was rewritten, a length that was rounded.
  case note(String)
  /// Something that is no error and should be known.
  case warning(String)
  /// A video begins: what it will be, with the seed that was drawn.
  case started(GenerationPlan, GenerationRequest)
  /// The prompt has been read: tokens of each shot.
  case textEncoded(tokens: [Int])
  /// A step is done.
  case step(StepProgress)
  /// Frames are ready and on their way into the file.
  case decoded(frames: Int, of: Int)
  /// The latents have been written.
  case latentsSaved(path: String)
  /// The file is there.
  case finished(GenerationResult)
}

/// How far the solver has come.
public struct StepProgress: Sendable, Equatable {
  /// Steps done, counted from 1.
  public let step: Int
  /// Steps in the run.
  public let count: Int
  /// Steps that were done before this run began, where it goes on from saved latents.
  public let resumedAt: Int
  /// Seconds since the first step of this run began.
  public let seconds: Double

  /// Steps a second, in this run.
  public var rate: Double { seconds > 0 ? Double(step - resumedAt) / seconds : 0 }
  /// Seconds that the rest of the steps will take.
  public var secondsLeft: Double { rate > 0 ? Double(count - step) / rate : 0 }

  /// - Parameters:
  ///   - step: steps done, counted from 1.
  ///   - count: steps in the run.
  ///   - resumedAt: steps that were done before this run began.
  ///   - seconds: since the first step of this run began.
  public init(step: Int, count: Int, resumedAt: Int = 0, seconds: Double) {
    self.step = step
    self.count = count
    self.resumedAt = resumedAt
    self.seconds = seconds
  }
}

/// A file that is there, and how it was made.
public struct GenerationResult: Sendable {
  /// Where it is.
  public let path: String
  /// How it was made, as it stands in the file.
  public let metadata: RunMetadata
  /// What was made.
  public let plan: GenerationPlan
  /// Seconds from the prompt to the file, without loading.
  public let seconds: Double
}
