// Diorama's transformer (after Seedance 1.0, arXiv 2506.09113):
//
//   [noisy C | condition C | mask 1] → patch embedding ─► (spatial, temporal) × pairs ─► norm ─► v
//   text → norm → MLP ────────────────────────┘
//
// C latent channels, T latent frames, h rows, w columns, N = T·h·w picture tokens, ΣL text tokens of
// all shots, D width. A patch is one latent position.

import Layers
package import Tensor

/// The velocity of the flow, v = ε − x0.
///
/// The blocks compute in the precision of the weights. What stands before and after them (patches,
/// text, time, velocity) computes in Float32 always: a hundredth of the work, and what it rounds
/// away no block brings back.
package struct Transformer: Sendable {
  package let configuration: TransformerConfiguration

  private let patchEmbedding: Linear
  private let textNorm: LayerNorm
  private let textIn: Linear
  private let textOut: Linear
  private let time: TimeEmbedding
  private let pairs: [(spatial: SpatialBlock, temporal: TemporalBlock)]
  private let velocity: Linear

  /// - Throws: `WeightError`, `TensorError.outOfMemory`.
  package init(_ weights: Weights, configuration: TransformerConfiguration) throws {
    self.configuration = configuration
    let width = configuration.width
    patchEmbedding = try Linear(
      weights["patch_embedding"], inputs: configuration.inputChannels, outputs: width,
      precision: .f32)
    textNorm = try LayerNorm(weights["text_norm"], size: configuration.textWidth)
    textIn = try Linear(
      weights["text_in"], inputs: configuration.textWidth, outputs: width, precision: .f32)
    textOut = try Linear(
      weights["text_out"], inputs: width, outputs: width, precision: .f32)
    time = try TimeEmbedding(weights, configuration: configuration)
    pairs = try (0..<configuration.pairs).map { index in
      let pair = weights["pairs"][index]
      return (
        try SpatialBlock(pair["spatial"], configuration: configuration),
        try TemporalBlock(
          pair["temporal"], configuration: configuration, shifted: index % 2 == 1)
      )
    }
    velocity = try Linear(
      weights["velocity"], inputs: width, outputs: configuration.latentChannels, precision: .f32)
  }

  /// The bytes of the weights that the blocks multiply with: three streams a pair.
  static func blockWeightByteCount(
    _ configuration: TransformerConfiguration, _ precision: ComputePrecision
  ) -> Int {
    let width = configuration.width
    let hidden = configuration.mlpRatio * width
    let maps = [(width, 3 * width), (width, width), (width, hidden), (hidden, width)]
    return 3 * configuration.pairs
      * maps.reduce(0) {
        $0 + Linear.weightByteCount(inputs: $1.0, outputs: $1.1, precision)
      }
  }

  /// The text as the blocks read it, the same for every step.
  /// - Parameter states: [ΣL, textWidth], the text encoder's hidden states, shots in order.
  /// - Returns: [ΣL, D], in the arena.
  package func embed(text states: Tensor, _ compute: Compute) -> Tensor {
    let words = textOut(
      textIn(textNorm(states, compute), compute, activation: .silu), compute)
    compute.observe("transformer.text_out", words)
    return words
  }

  /// - Parameters:
  ///   - latents: noisy, [C, T, h, w].
  ///   - sigma: their noise level, 0 … 1.
  ///   - text: [ΣL, D], from `embed(text:)`.
  ///   - result: [C, T, h, w], overwritten with the velocity.
  package func callAsFunction(
    _ latents: Tensor, sigma: Double, text: Tensor, conditioning: Conditioning,
    layout: TokenLayout, into result: Tensor, _ compute: Compute
  ) {
    let (channels, count) = (configuration.latentChannels, layout.grid.count)
    precondition(
      latents.count == channels * count && result.count == latents.count,
      "latents of shape \(latents.shape) for a grid of \(count) positions")
    precondition(
      text.shape == [layout.textCount, configuration.width],
      "text of shape \(text.shape) for \(layout.textCount) tokens")
    compute.arena.scope { () -> Void in
      // 1. Tokens.
      let input = compute.arena.tensor([count, configuration.inputChannels])
      conditioning.gather(noisy: latents, into: input)
      let pictures = patchEmbedding(input, compute)
      compute.observe("transformer.patch_embedding", pictures)
      let words = compute.arena.tensor(text.shape)
      words.copy(from: text)

      // 2. Time.
      let (shared, shift, scale) = time(sigma, compute)
      compute.observe("transformer.modulation", shared)

      // 3. Blocks.
      for (index, pair) in pairs.enumerated() {
        pair.spatial(
          pictures: pictures, words: words, shared: shared, layout: layout, compute)
        compute.observe("transformer.pairs.\(index).spatial.picture", pictures)
        compute.observe("transformer.pairs.\(index).spatial.text", words)
        pair.temporal(pictures, shared: shared, layout: layout, compute)
        compute.observe("transformer.pairs.\(index).temporal", pictures)
      }

      // 4. Velocity.
      let h = layerNormModulated(pictures, shift: shift, scale: scale, epsilon: 1e-6, compute)
      let v = velocity(h, compute)
      compute.observe("transformer.velocity", v)
      scatter(v, into: result)
    }
  }

  /// [N, C] to [C, N].
  private func scatter(_ tokens: Tensor, into result: Tensor) {
    let (count, channels) = (tokens.shape[0], tokens.shape[1])
    let (source, target) = (tokens.pointer, result.pointer)
    for channel in 0..<channels {
      for token in 0..<count {
        target[channel * count + token] = source[token * channels + channel]
      }
    }
    withExtendedLifetime((tokens, result)) {}
  }
}
