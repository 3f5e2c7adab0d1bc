// From a prompt to frames:
//
//   pictures → encoder ───┐
//   texts → text encoder ─┤
//   seed → noise ────────►│ transformer ⟲ solver │─► latents ─► decoder ─► frames, some latents at a time
//
// C latent channels, T latent frames, h rows, w columns; latents are [C, T, h, w] in memory, the
// order in which the noise is drawn. How a run goes stands in `ClipRun`.

package import Checkpoint
import Diffusion
import Layers
package import Tensor
package import Text
package import Video

/// A loaded model. Every run has memory of its own, so that runs may go on side by side.
package final class DioramaPipeline: Sendable {
  package let configuration: ModelConfiguration
  package let transformer: Transformer
  package let autoencoder: Autoencoder
  package let textEncoder: PromptEncoder
  /// Fields of configs and keys of weights that nobody read: a newer model, or a mistake. Those of an encoder that is
  /// not loaded yet are not among them.
  package let unreadEntries: [String]

  /// What the transformer's blocks and the autoencoder compute in. The text encoder computes in
  /// Float32 always: it runs once a prompt, for milliseconds, and all frames follow it.
  package let precision: ComputePrecision

  private let threads: Int
  private let planner: PipelinePlanner

  /// Loads all components of a directory.
  /// - Throws: what reading its configs throws (`PipelinePlanner.init`) and what `init(_:threads:)` does.
  package convenience init(
    directory: ModelDirectory, threads: Int, precision: ComputePrecision = .f32
  ) throws {
    try self.init(PipelinePlanner(directory, precision: precision), threads: threads)
  }

  /// Loads all components of the planner's model.
  /// - Parameters:
  ///   - textEncoder: the model's, where it has been loaded already.
  ///   - withEncoder: whether the autoencoder's encoder is loaded too, with its errors; else the first clip that needs
  ///     it loads it.
  /// - Throws: `CheckpointError`, `WeightError`, `TextError`, `TensorError.outOfMemory`, and
  ///   `DioramaError` for weights that are no numbers.
  package init(
    _ planner: PipelinePlanner, threads: Int, textEncoder known: PromptEncoder? = nil,
    withEncoder: Bool = true
  ) throws {
    let (directory, precision) = (planner.directory, planner.precision)
    self.planner = planner
    configuration = planner.configuration
    self.threads = threads
    self.precision = precision
    let transformerWeights = try directory.weights("transformer")
    let autoencoderWeights = try directory.weights("vae")
    let autoencoderSource = Weights(
      CheckedWeights(autoencoderWeights, component: "vae"), precision: precision)
    let encoder = Deferred { [configuration] in
      try Encoder(autoencoderSource["encoder"], configuration: configuration.autoencoder)
    }
    // About the same work, so that two threads load in half the time.
    let ((text, loadedTransformer), decoder) = try inParallel(
      threads: threads,
      { [configuration] in
        let transformer = try Transformer(
          Weights(
            CheckedWeights(transformerWeights, component: "transformer"), precision: precision),
          configuration: configuration.transformer)
        if withEncoder { _ = try encoder() }
        return (
          try known ?? PromptEncoder(directory, tokenizer: planner.tokenizer), transformer
        )
      },
      { [configuration] in
        try Decoder(autoencoderSource["decoder"], configuration: configuration.autoencoder)
      })
    (textEncoder, transformer) = (text, loadedTransformer)
    autoencoder = Autoencoder(
      encoder: encoder, decoder: decoder, configuration: configuration.autoencoder)
    unreadEntries =
      configuration.unknownFields + textEncoder.unknownFields
      + transformerWeights.unreadKeys.map { "transformer: \($0)" }
      + autoencoderWeights.unreadKeys.filter { withEncoder || !$0.hasPrefix("encoder.") }
      .map { "vae: \($0)" }
      + textEncoder.unreadKeys.map { "text_encoder: \($0)" }
  }

  /// What the model does unless it is told otherwise.
  /// - Throws: `CheckpointError`, `DiffusionError.parameter`, `DioramaError.components`.
  package static func defaults(directory: ModelDirectory) throws -> PipelineDefaults {
    let configuration = try ModelConfiguration(directory)
    return PipelineDefaults(
      width: configuration.native.width, height: configuration.native.height,
      frames: configuration.native.frames,
      framesPerSecond: configuration.native.framesPerSecond,
      steps: configuration.scheduler.steps, guidance: configuration.scheduler.guidance,
      solver: configuration.scheduler.solver)
  }

  /// What a run will be and need; reads configs, headers and the vocabulary, and checks the request.
  /// - Throws: `CheckpointError`, `TextError`, `DiffusionError.parameter`, `DioramaError`.
  package static func plan(
    directory: ModelDirectory, request: PipelineRequest, precision: ComputePrecision = .f32
  ) throws -> PipelinePlan {
    try PipelinePlanner(directory, precision: precision)(request)
  }

  /// Makes a clip on the calling thread.
  /// - Parameters:
  ///   - state: where an earlier run of the same request stopped.
  ///   - observer: looks at the outputs of all layers, by key path.
  ///   - onEvent: called on this thread; what it throws ends the run.
  /// - Throws: what `onEvent` throws, what `plan` throws, what the inputs' videos throw,
  ///   `DiffusionError.state` and `DioramaError.state` where `state` belongs to another run, `DioramaError.activation` where a layer's output is no number,
  ///   `TensorError.outOfMemory`.
  package func generate(
    _ request: PipelineRequest, resume state: ClipState? = nil,
    observer: (any LayerObserver)? = nil, onEvent: (PipelineEvent) throws -> Void
  ) throws {
    let plan = try plan(request)
    let compute = try makeCompute(activationBytes: plan.arenaBytes)
    try run(request, plan, resume: state, observer: observer, compute, onEvent: onEvent)
  }

  /// What a run will be and need.
  func plan(_ request: PipelineRequest) throws -> PipelinePlan {
    try planner(request)
  }

  /// `generate` with threads and memory of the caller's.
  func run(
    _ request: PipelineRequest, _ plan: PipelinePlan, resume state: ClipState? = nil,
    observer: (any LayerObserver)? = nil, _ compute: Compute,
    onEvent: (PipelineEvent) throws -> Void
  ) throws {
    let watch = RunObserver(next: observer)
    compute.observer = watch
    var clip = try ClipRun(self, request, plan, watch, compute)
    try clip(resume: state, onEvent)
  }

  /// The first frame of latents, cheaply: one latent frame is decoded.
  /// - Parameter latents: [C, T, h, w]; of a state of the sampler, its estimate.
  /// - Throws: `TensorError.outOfMemory`.
  package func preview(_ latents: Tensor) throws -> Picture {
    let shape = latents.shape
    let grid = LatentGrid(frames: 1, rows: shape[2], columns: shape[3])
    let cost = DecoderCost(
      grid: grid, configuration: configuration.autoencoder, precision: precision)
    let compute = try makeCompute(activationBytes: cost.activationBytes)
    var stream = try autoencoder.makeDecoderStream(rows: grid.rows, columns: grid.columns)
    return Picture(
      pixels: stream(Self.latentFrames(0..<1, of: latents, compute), compute), frame: 0)
  }

  /// Frames of latents [C, T, h, w] as the autoencoder reads them: [frames, h, w, C], in the arena.
  static func latentFrames(
    _ frames: Range<Int>, of latents: Tensor, _ compute: Compute
  ) -> Tensor {
    let (channels, rows, columns) = (latents.shape[0], latents.shape[2], latents.shape[3])
    let positions = frames.count * rows * columns
    let result = compute.arena.tensor([frames.count, rows, columns, channels])
    for channel in 0..<channels {
      let source =
        latents.pointer + (channel * latents.shape[1] + frames.lowerBound) * rows * columns
      for position in 0..<positions {
        result.pointer[position * channels + channel] = source[position]
      }
    }
    withExtendedLifetime(latents) {}
    return result
  }

  /// Threads and an arena. It reserves addresses alone, so that room above the plan costs nothing and
  /// a plan that is a little low does not end the program.
  private func makeCompute(activationBytes: Int) throws(TensorError) -> Compute {
    try Compute(threads: threads, arenaByteCount: activationBytes + activationBytes / 4 + (1 << 20))
  }

  /// The bytes of all components' weights in memory: Float32, but what the blocks multiply with.
  static func weightBytes(
    _ directory: ModelDirectory, _ configuration: TransformerConfiguration,
    _ precision: ComputePrecision
  ) throws(CheckpointError) -> Int {
    var bytes = try PromptEncoder.weightByteCount(directory)
    bytes += try directory.weights("transformer").parameterCount * MemoryLayout<Float>.stride
    // The autoencoder is convolutions, but for a norm here and there.
    bytes += CausalConv3D.weightByteCount(
      try directory.weights("vae").parameterCount, precision)
    let full = Transformer.blockWeightByteCount(configuration, .f32)
    let packed = Transformer.blockWeightByteCount(configuration, precision)
    return max(0, bytes - full) + packed
  }
}
