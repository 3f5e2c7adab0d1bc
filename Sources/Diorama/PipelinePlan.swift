import Checkpoint
import Diffusion
import Tensor
import Text

/// What a run will be and will need, from configs and headers alone.
package struct PipelinePlan: Sendable, Equatable {
  /// Pixels.
  package let width: Int
  package let height: Int
  /// 1 + 4k.
  package let frames: Int
  /// Latent frames, rows, columns and channels: T, h, w, C.
  package let latentShape: [Int]
  /// Text tokens of each shot.
  package let textTokens: [Int]
  /// Text tokens of the negative prompt, which every shot has.
  package let negativeTextTokens: Int
  /// Latent frames of each shot.
  package let shotFrames: [Int]
  package let steps: Int
  /// The noise levels, `steps` + 1.
  package let sigmas: [Double]
  /// How often the transformer runs: twice where guidance acts.
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

  /// Picture tokens, N.
  package var pictureTokens: Int { latentShape.prefix(3).reduce(1, *) }
  package var grid: LatentGrid {
    LatentGrid(frames: latentShape[0], rows: latentShape[1], columns: latentShape[2])
  }

  /// - Throws: `CheckpointError`, `DioramaError`, `DiffusionError.parameter`,
  ///   `TextError.tooManyTokens`.
  init(
    _ request: PipelineRequest, configuration: ModelConfiguration, tokenizer: Tokenizer,
    weightBytes: Int, precision: ComputePrecision
  ) throws {
    let (transformer, autoencoder) = (configuration.transformer, configuration.autoencoder)
    let grid = try LatentGrid(
      frames: request.frames, width: request.width, height: request.height)
    width = request.width
    height = request.height
    frames = request.frames
    latentShape = [grid.frames, grid.rows, grid.columns, transformer.latentChannels]
    shotFrames = try latentFramesOfShots(
      request.prompt.shots, latentFrames: grid.frames,
      framesPerSecond: configuration.native.framesPerSecond)

    let limit = min(transformer.maxTextTokens, configuration.textEncoder.positions)
    textTokens = try request.prompt.shots.enumerated().map { index, shot in
      try tokenizer.ids(of: shot.text, limit: limit, shot: index + 1).count
    }
    negativeTextTokens = try tokenizer.ids(of: request.negativePrompt, limit: limit).count

    steps = request.steps
    sigmas = try FlowSchedule.sigmas(
      steps: request.steps,
      shift: request.shift ?? configuration.scheduler.schedule.shift(tokens: grid.count))
    let evaluated = Self.evaluatedSigmas(
      sigmas, solver: request.solver, held: request.guidance.zeroSteps)
    let guided = evaluated.count { request.guidance.acts(at: $0) }
    evaluations = evaluated.count + guided

    let negative = Array(repeating: negativeTextTokens, count: textTokens.count)
    let branches = [textTokens] + (guided > 0 ? [negative] : [])
    let transformers = branches.map { [shotFrames] lengths in
      TransformerCost(
        textLengths: lengths, shotFrames: shotFrames, grid: grid, configuration: transformer,
        precision: precision)
    }
    let decoder = DecoderCost(grid: grid, configuration: autoencoder)
    let texts = (textTokens + [negativeTextTokens]).map {
      TextEncoderCost(tokens: $0, configuration: configuration.textEncoder)
    }
    self.weightBytes = weightBytes
    arenaBytes = max(
      transformers.map(\.activationBytes).max() ?? 0, decoder.activationBytes,
      texts.map(\.activationBytes).max() ?? 0)
    // Latents, what the solver remembers, the two velocities; the texts; what the decoder's
    // convolutions remember; the frame on its way out.
    let latentBytes = 4 * grid.count * transformer.latentChannels
    peakBytes =
      weightBytes + arenaBytes + 8 * latentBytes + transformers.reduce(0) { $0 + $1.layoutBytes }
      + decoder.stateBytes + 4 * 3 * width * height
    flops = [
      "text_encoder": texts.reduce(0) { $0 + $1.operations },
      "transformer": transformers[0].operations * Double(evaluated.count)
        + (transformers.count > 1 ? transformers[1].operations * Double(guided) : 0),
      "vae": decoder.operations,
    ]
  }

  /// The noise levels at which the solver asks for the velocity.
  private static func evaluatedSigmas(
    _ sigmas: [Double], solver: SolverKind, held: Int
  ) -> [Double] {
    let steps = sigmas.count - 1
    var evaluated: [Double] = []
    for step in min(held, steps)..<steps {
      evaluated.append(sigmas[step])
      if solver == .heun && step < steps - 1 { evaluated.append(sigmas[step + 1]) }
    }
    return evaluated
  }
}
