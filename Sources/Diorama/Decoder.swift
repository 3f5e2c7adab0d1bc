// The autoencoder's decoder, from latents to Haar coefficients:
//
//   z [T, h, w, C] → conv 3×3×3 → blocks at h → ×2 → blocks at 2h → ×2 → blocks at 4h → conv 1×3×3
//     → coefficients [T, 4h, 4w, 192], times the roots of their sizes
//
// Doubling is a 1×3×3 convolution and a pixel shuffle, which is where the convolution stores. Every
// convolution is causal in time. T latent frames, h rows, w columns, C latent channels.

import Layers
import Tensor

/// Coefficients of a block of 4×4×4 pixels in three colours.
let haarCoefficients = 192

/// Latents to Haar coefficients.
struct Decoder: Sendable {
  /// Residual blocks at one size, and the way to the next.
  private struct Level {
    let channels: Int
    let blocks: [ResidualBlock]
    let upsample: CausalConv3D?
  }

  private let convIn: CausalConv3D
  private let levels: [Level]
  private let convOut: CausalConv3D

  init(_ weights: Weights, configuration: AutoencoderConfiguration) throws {
    let channels = configuration.decoderChannels
    let count = channels.count
    convIn = try CausalConv3D(
      weights["conv_in"], inputs: configuration.latentChannels, outputs: channels[count - 1])
    levels = try (0..<count).map { position in
      let (level, place) = (count - 1 - position, weights["levels"][position])
      let width = channels[level]
      return Level(
        channels: width,
        blocks: try (0..<configuration.decoderBlocks[level]).map {
          try ResidualBlock(place["blocks"][$0], channels: width)
        },
        upsample: level == 0
          ? nil
          : try CausalConv3D(
            place["upsample"]["conv"], inputs: width, outputs: 4 * channels[level - 1],
            kernel: (1, 3, 3), upscale: 2))
    }
    // A constant block is 100 times a fine detail; the network gives both at sizes not so far apart.
    let sizes = configuration.coefficientSizes
    convOut = try CausalConv3D(
      Weights(
        try scaledConvolution(
          weights["conv_out"], shape: [haarCoefficients, channels[0], 1, 3, 3],
          output: { sizes[$0 / 3].squareRoot() }), precision: weights.precision),
      inputs: channels[0], outputs: haarCoefficients, kernel: (1, 3, 3))
  }

  /// What the decoder keeps of a clip that comes some latents at a time. One stream has it at a time.
  struct State: @unchecked Sendable {
    /// Of the latents.
    let rows: Int
    let columns: Int
    let convIn: ConvolutionState
    let levels: [[ResidualBlock.State]]

    var byteCount: Int {
      levels.joined().reduce(convIn.byteCount) { $0 + $1.byteCount }
    }

    /// Forgets the clip: the next latent is the first of another.
    func reset() {
      convIn.reset()
      for block in levels.joined() { block.reset() }
    }
  }

  /// - Parameters:
  ///   - rows, columns: of the latents.
  /// - Throws: `TensorError.outOfMemory`.
  func makeState(rows: Int, columns: Int) throws(TensorError) -> State {
    let arena = try Arena(byteCount: stateByteCount(rows: rows, columns: columns))
    return State(
      rows: rows, columns: columns,
      convIn: convIn.makeState(height: rows, width: columns, in: arena),
      levels: levels.enumerated().map { position, level in
        level.blocks.map {
          $0.makeState(height: rows << position, width: columns << position, in: arena)
        }
      })
  }

  private func stateByteCount(rows: Int, columns: Int) -> Int {
    levels.enumerated().reduce(convIn.stateByteCount(height: rows, width: columns)) { sum, level in
      level.element.blocks.reduce(sum) {
        $0 + $1.stateByteCount(height: rows << level.offset, width: columns << level.offset)
      }
    }
  }

  /// - Parameter z: latents as the posterior has them, [T, h, w, C].
  /// - Returns: coefficients [T, 4h, 4w, 192], in the arena.
  func callAsFunction(_ z: Tensor, state: State, _ compute: Compute) -> Tensor {
    var x = convIn(z, state: state.convIn, compute)
    compute.observe("vae.decoder.conv_in", x)
    for (position, level) in levels.enumerated() {
      for (index, block) in level.blocks.enumerated() {
        block(x, state: state.levels[position][index], compute)
        compute.observe("vae.decoder.levels.\(position).blocks.\(index)", x)
      }
      if let upsample = level.upsample {
        x = upsample(x, compute)
        compute.observe("vae.decoder.levels.\(position).upsample", x)
      }
    }
    let coefficients = convOut(x, compute)
    compute.observe("vae.decoder.conv_out", coefficients)
    return coefficients
  }
}
