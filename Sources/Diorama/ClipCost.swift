import Tensor

/// What a whole run takes: all its stretches, their texts, and the way between pixels and latents.
struct ClipCost {
  /// The most that is taken from the arena.
  let arenaBytes: Int
  /// What is kept beside the weights and the arena.
  let keptBytes: Int
  /// By component.
  let operations: [String: Double]

  /// - Parameters:
  ///   - opening: what the clip is made from.
  ///   - tokens: of each text.
  ///   - evaluations: of the transformer with the prompt, in a stretch.
  ///   - guided: those with the negative prompt.
  init(
    _ stretches: [Stretch], rows: Int, columns: Int, opening inputs: ClipInputs,
    tokens: [String: Int], negativeTokens: Int, evaluations: Int, guided: Int,
    _ configuration: ModelConfiguration, precision: ComputePrecision
  ) throws {
    let (transformer, autoencoder) = (configuration.transformer, configuration.autoencoder)
    let latents = stretches.reduce(stretches[0].given) { $0 + $1.frames - $1.given }
    let together = min(
      latents, Autoencoder.DecoderStream.latentsAtOnce(positions: rows * columns))
    let decoder = DecoderCost(
      grid: LatentGrid(frames: together, rows: rows, columns: columns), configuration: autoencoder,
      precision: precision)
    let encoder = EncoderCost(
      grid: LatentGrid(frames: 1, rows: rows, columns: columns), configuration: autoencoder,
      precision: precision)
    let texts = (Array(tokens.values) + [negativeTokens]).map {
      TextEncoderCost(tokens: $0, configuration: configuration.textEncoder)
    }

    var (activations, layouts, steps) = (0, 0, 0.0)
    // Most stretches are alike.
    var known: [[Int]: (activations: Int, layouts: Int, operations: Double)] = [:]
    for stretch in stretches {
      let lengths = stretch.texts.map { tokens[$0] ?? 1 }
      let key = lengths + [-1] + stretch.shotFrames
      let found: (activations: Int, layouts: Int, operations: Double)
      if let same = known[key] {
        found = same
      } else {
        let grid = LatentGrid(frames: stretch.frames, rows: rows, columns: columns)
        let branches = [lengths] + (guided > 0 ? [lengths.map { _ in negativeTokens }] : [])
        let costs = branches.map {
          TransformerCost(
            textLengths: $0, shotFrames: stretch.shotFrames, grid: grid,
            configuration: transformer, precision: precision)
        }
        found = (
          costs.map(\.activationBytes).max() ?? 0, costs.reduce(0) { $0 + $1.layoutBytes },
          costs[0].operations * Double(evaluations)
            + (costs.count > 1 ? costs[1].operations * Double(guided) : 0)
        )
        known[key] = found
      }
      activations = max(activations, found.activations)
      layouts = max(layouts, found.layouts)
      steps += found.operations
    }

    let encoded =
      inputs.openingLatents + 2 * inputs.shotOpenings.count + (inputs.last == nil ? 0 : 2)
      + (stretches.count - 1)
      + (inputs.source == nil ? 0 : latents)
    arenaBytes = max(
      activations, decoder.activationBytes, texts.map(\.activationBytes).max() ?? 0,
      encoded > 0 ? encoder.activationBytes : 0)
    // Latents, what the solver remembers, the two velocities, and what is given: nine tensors, and
    // three more where a stretch follows another; the texts; what the convolutions remember.
    let longest = stretches.map(\.frames).max() ?? 1
    let latentBytes = 4 * longest * rows * columns * transformer.latentChannels
    keptBytes =
      (encoded > 0 ? 12 : 8) * latentBytes + layouts + decoder.stateBytes
      + (encoded > 0 ? 2 * encoder.stateBytes : 0)
    operations = [
      "text_encoder": texts.reduce(0) { $0 + $1.operations },
      "transformer": steps,
      "vae": decoder.operations * Double(latents) + encoder.operations * Double(encoded),
    ]
  }
}
