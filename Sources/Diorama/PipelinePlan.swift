import Checkpoint
import Diffusion
import Tensor
import Text

/// What a run will be and will need, from configs and headers alone.
package struct PipelinePlan: Sendable, Equatable {
  /// Pixels.
  package let width: Int
  package let height: Int
  /// Of the result.
  package let frames: Int
  /// Latent frames of the whole clip, rows, columns and channels.
  package let latentShape: [Int]
  /// What is sampled at once: the whole clip, or its stretches in order.
  package let stretches: [Stretch]
  /// Text tokens of each shot.
  package let textTokens: [Int]
  /// Text tokens of the negative prompt, which every shot has.
  package let negativeTextTokens: Int
  /// Latent frames of each shot.
  package let shotFrames: [Int]
  /// Of a stretch; fewer than asked for where a video is drawn anew in part, and none for strength 0.
  package let steps: Int
  /// The noise levels, `steps` + 1; none where there is no step.
  package let sigmas: [Double]
  /// How often the transformer runs in the whole run: twice where guidance acts.
  package let evaluations: Int
  /// Bytes of the weights in memory.
  package let weightBytes: Int
  /// Bytes of the activations at their highest.
  package let arenaBytes: Int
  /// Bytes of the whole run at its highest, without the program itself.
  package let peakBytes: Int
  /// Floating-point operations of the run by component (`text_encoder`, `transformer`, `vae`), a
  /// multiplication with its addition counted as two.
  package let flops: [String: Double]

  /// Picture tokens of the longest stretch, N.
  package var pictureTokens: Int { longestGrid.count }
  /// The positions of the whole clip.
  package var grid: LatentGrid { grid(frames: latentShape[0]) }
  /// The positions of the longest stretch.
  package var longestGrid: LatentGrid { grid(frames: stretches.map(\.frames).max() ?? 1) }

  func grid(frames: Int) -> LatentGrid {
    LatentGrid(frames: frames, rows: latentShape[1], columns: latentShape[2])
  }

  /// - Throws: `CheckpointError`, `DioramaError`, `DiffusionError.parameter`,
  ///   `TextError.tooManyTokens`.
  init(
    _ request: PipelineRequest, configuration: ModelConfiguration, tokenizer: Tokenizer,
    weightBytes: Int, precision: ComputePrecision
  ) throws {
    let (transformer, inputs) = (configuration.transformer, request.inputs)
    let asked = try LatentGrid(
      frames: request.frames, width: request.width, height: request.height)
    width = request.width
    height = request.height
    frames = request.frames
    // An opening that is not shown leaves whole latents to make; the last of them may be cut short.
    let opening = inputs.openingLatents
    let latents = inputs.showsOpening ? asked.frames : opening + (request.frames + 3) / 4
    latentShape = [latents, asked.rows, asked.columns, transformer.latentChannels]

    let parts = request.timeline.isEmpty ? request.prompt.shots : request.timeline
    let hidden = inputs.showsOpening ? 0 : opening
    var shotFrames = try latentFramesOfShots(
      parts, latentFrames: latents - hidden,
      framesPerSecond: configuration.native.framesPerSecond)
    shotFrames[0] += hidden
    self.shotFrames = shotFrames
    let passages = zip(parts, shotFrames).map { Stretch.Passage(text: $0.text, frames: $1) }
    let lengths = configuration.native.stretchLengths
    stretches =
      request.timeline.isEmpty
      ? Stretch.divide(shots: passages, opening: opening, lengths: lengths)
      : Stretch.divide(passages: passages, opening: opening, lengths: lengths)
    guard opening + (inputs.last == nil ? 0 : 1) < latents || !inputs.needsEncoder else {
      throw DioramaError.nothingToMake(frames: request.frames)
    }

    let limit = min(transformer.maxTextTokens, configuration.textEncoder.positions)
    textTokens = try parts.enumerated().map { index, shot in
      try tokenizer.ids(of: shot.text, limit: limit, shot: index + 1).count
    }
    negativeTextTokens = try tokenizer.ids(of: request.negativePrompt, limit: limit).count

    let positions = asked.positionsPerFrame * (stretches.map(\.frames).max() ?? 1)
    sigmas = try Self.sigmas(
      request,
      shift: request.shift ?? configuration.scheduler.schedule.shift(tokens: positions))
    steps = max(sigmas.count - 1, 0)
    let evaluated = Self.evaluatedSigmas(
      sigmas, solver: request.solver, held: Self.heldSteps(request))
    let guided = evaluated.count { request.guidance.acts(at: $0) }
    evaluations = (evaluated.count + guided) * stretches.count

    let cost = try ClipCost(
      stretches, rows: asked.rows, columns: asked.columns, opening: inputs,
      tokens: Dictionary(zip(parts.map(\.text), textTokens)) { first, _ in first },
      negativeTokens: negativeTextTokens, evaluations: evaluated.count, guided: guided,
      configuration, precision: precision)
    self.weightBytes = weightBytes
    arenaBytes = cost.arenaBytes
    peakBytes = weightBytes + arenaBytes + cost.keptBytes + 4 * 3 * width * height
    flops = cost.operations
  }

  /// The noise levels of a run that begins at the level that `strength` stands for, in steps about as
  /// long as those of a whole run.
  private static func sigmas(_ request: PipelineRequest, shift: Double) throws -> [Double] {
    let strength = request.inputs.source == nil ? 1 : request.inputs.strength
    if strength == 0 { return [] }
    let steps = max(1, Int((Double(request.steps) * strength).rounded()))
    return try FlowSchedule.sigmas(steps: steps, shift: shift, from: strength)
  }

  /// Steps at the start without a velocity; where the start is not pure noise there are none.
  static func heldSteps(_ request: PipelineRequest) -> Int {
    request.inputs.source == nil || request.inputs.strength == 1 ? request.guidance.zeroSteps : 0
  }

  /// The noise levels at which the solver asks for the velocity.
  private static func evaluatedSigmas(
    _ sigmas: [Double], solver: SolverKind, held: Int
  ) -> [Double] {
    let steps = max(sigmas.count - 1, 0)
    var evaluated: [Double] = []
    for step in min(held, steps)..<steps {
      evaluated.append(sigmas[step])
      if solver == .heun && step < steps - 1 { evaluated.append(sigmas[step + 1]) }
    }
    return evaluated
  }
}
