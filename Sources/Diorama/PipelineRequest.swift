package import Diffusion
package import Text
package import Video

/// A clip to make, with nothing left open.
package struct PipelineRequest: Sendable {
  package var prompt: ShotPrompt
  /// Texts that follow one another without a cut, each with its length; where there are any, they
  /// stand in for the prompt's shots.
  package var timeline: [ShotPrompt.Shot] = []
  /// What the clip is drawn away from, the same for every shot; the empty text is a text too.
  package var negativePrompt: String
  /// Pixels, multiples of 16.
  package var width: Int
  package var height: Int
  /// 1 + 4k; of the result, without the frames of an opening that it does not show.
  package var frames: Int
  package var steps: Int
  package var guidance: Guidance
  package var solver: SolverKind
  /// How far the noise levels move up; nil grows with the clip, as the scheduler's config says.
  package var shift: Double?
  package var seed: UInt64
  /// Pictures and videos that the clip is made from.
  package var inputs = ClipInputs()
  /// Whether the states that a run hands out hold the latents of the stretches before, so that they
  /// can be saved; it takes memory that grows with the clip.
  package var keepsLatents = false

  package init(
    prompt: ShotPrompt, negativePrompt: String = "", width: Int, height: Int, frames: Int,
    steps: Int, guidance: Guidance, solver: SolverKind, shift: Double? = nil, seed: UInt64
  ) {
    self.prompt = prompt
    self.negativePrompt = negativePrompt
    self.width = width
    self.height = height
    self.frames = frames
    self.steps = steps
    self.guidance = guidance
    self.solver = solver
    self.shift = shift
    self.seed = seed
  }
}

/// What a model does unless it is told otherwise.
package struct PipelineDefaults: Sendable {
  /// Pixels.
  package let width: Int
  package let height: Int
  /// 1 + 4k.
  package let frames: Int
  package let framesPerSecond: Int
  package let steps: Int
  package let guidance: Guidance
  package let solver: SolverKind
}

/// What a run tells while it goes on, in this order; steps and frames alternate where a clip is made
/// of several stretches.
package enum PipelineEvent {
  /// The prompt has been read: the tokens of each shot.
  case textEncoded(tokens: [Int])
  /// A step is done; the state looks into live memory and is valid during the call.
  case step(ClipState)
  /// The next frame of the clip.
  case frame(Picture)
}
