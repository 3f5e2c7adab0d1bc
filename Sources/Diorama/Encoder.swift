// The autoencoder's encoder, from Haar coefficients to the mean of the posterior:
//
//   coefficients [T, 4h, 4w, 192], over the roots of their sizes → conv 1×3×3 → blocks at 4h → ½
//     → blocks at 2h → ½ → blocks at h → conv 3×3×3 → [T, h, w, C]
//
// Halving is a 1×3×3 convolution and a pixel unshuffle. Every convolution is causal in time. The
// log-variance, which only training needs, is not computed. T latent frames, h rows, w columns of
// latents, C latent channels.

import Layers
import Tensor

/// Haar coefficients to latents.
struct Encoder: Sendable {
  /// The way from the size above, and residual blocks.
  private struct Level {
    let downsample: CausalConv3D?
    let blocks: [ResidualBlock]
  }

  private let convIn: CausalConv3D
  private let levels: [Level]
  private let convOut: CausalConv3D

  init(_ weights: Weights, configuration: AutoencoderConfiguration) throws {
    let channels = configuration.encoderChannels
    // A constant block is 100 times a fine detail; over the roots of their sizes, details keep a share.
    let sizes = configuration.coefficientSizes
    convIn = try CausalConv3D(
      Weights(
        try scaledConvolution(
          weights["conv_in"], shape: [channels[0], haarCoefficients, 1, 3, 3],
          input: { 1 / sizes[$0 / 3].squareRoot() }), precision: weights.precision),
      inputs: haarCoefficients, outputs: channels[0], kernel: (1, 3, 3))
    levels = try channels.indices.map { level in
      let (place, width) = (weights["levels"][level], channels[level])
      return Level(
        downsample: level == 0
          ? nil
          : try CausalConv3D(
            place["downsample"]["conv"], inputs: channels[level - 1], outputs: width / 4,
            kernel: (1, 3, 3)),
        blocks: try (0..<configuration.encoderBlocks[level]).map {
          try ResidualBlock(place["blocks"][$0], channels: width)
        })
    }
    let (last, latents) = (channels[channels.count - 1], configuration.latentChannels)
    // The first half of the outputs is the mean.
    let out = weights["conv_out"]
    convOut = try CausalConv3D(
      Weights(
        DictionaryWeights([
          "weight": try out.tensor("weight", [2 * latents, last, 3, 3, 3])[0..<latents],
          "bias": try out.tensor("bias", [2 * latents])[0..<latents],
        ]), precision: weights.precision),
      inputs: last, outputs: latents)
  }

  /// What the encoder keeps of a clip that comes latent by latent.
  struct State {
    let levels: [[ResidualBlock.State]]
    let convOut: ConvolutionState
  }

  /// - Parameters:
  ///   - rows, columns: of the latents.
  /// - Throws: `TensorError.outOfMemory`.
  func makeState(rows: Int, columns: Int) throws(TensorError) -> State {
    let arena = try Arena(byteCount: stateByteCount(rows: rows, columns: columns))
    return State(
      levels: levels.enumerated().map { position, level in
        let halvings = levels.count - 1 - position
        return level.blocks.map {
          $0.makeState(height: rows << halvings, width: columns << halvings, in: arena)
        }
      },
      convOut: convOut.makeState(height: rows, width: columns, in: arena))
  }

  private func stateByteCount(rows: Int, columns: Int) -> Int {
    levels.enumerated().reduce(convOut.stateByteCount(height: rows, width: columns)) { sum, level in
      let halvings = levels.count - 1 - level.offset
      return level.element.blocks.reduce(sum) {
        $0 + $1.stateByteCount(height: rows << halvings, width: columns << halvings)
      }
    }
  }

  /// - Parameter coefficients: [T, 4h, 4w, 192].
  /// - Returns: the posterior's mean, [T, h, w, C], in the arena.
  func callAsFunction(_ coefficients: Tensor, state: State, _ compute: Compute) -> Tensor {
    var x = convIn(coefficients, compute)
    compute.observe("vae.encoder.conv_in", x)
    for (position, level) in levels.enumerated() {
      if let downsample = level.downsample { x = pixelUnshuffle2(downsample(x, compute), compute) }
      for (index, block) in level.blocks.enumerated() {
        block(x, state: state.levels[position][index], compute)
        compute.observe("vae.encoder.levels.\(position).blocks.\(index)", x)
      }
    }
    let mean = convOut(x, state: state.convOut, compute)
    compute.observe("vae.encoder.conv_out", mean)
    return mean
  }
}
