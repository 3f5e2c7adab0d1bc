// The time of the flow as a vector, and what it does to the blocks:
//
//   m = silu(W_2 silu(W_1 [cos(1000 σ ω), sin(1000 σ ω)]))
//   shared = W_s m: shift, scale, gate of attention and MLP, the same for all blocks
//   shift, scale = W_f m before the last projection
//
// (AdaLN-single, PixArt-α, arXiv 2310.00426, section 2.3; sinusoids as in DiT.) D width.

import Layers
import Tensor

/// The modulations of one time. Single rows, in Float32 whatever the precision: they cost next to
/// nothing, and every token depends on them.
struct TimeEmbedding: Sendable {
  private let width: Int
  private let features: Int
  private let timeIn: Linear
  private let timeOut: Linear
  private let modulation: Linear
  private let finalModulation: Linear

  /// - Parameter weights: of the transformer: `time_in`, `time_out`, `modulation`,
  ///   `final_modulation`.
  init(_ weights: Weights, configuration: TransformerConfiguration) throws {
    width = configuration.width
    features = configuration.timeWidth
    timeIn = try Linear(weights["time_in"], inputs: features, outputs: width, precision: .f32)
    timeOut = try Linear(weights["time_out"], inputs: width, outputs: width, precision: .f32)
    modulation = try Linear(
      weights["modulation"], inputs: width, outputs: 6 * width, precision: .f32)
    finalModulation = try Linear(
      weights["final_modulation"], inputs: width, outputs: 2 * width, precision: .f32)
  }

  /// - Parameter sigma: the noise level, which is the time of the flow, 0 … 1.
  /// - Returns: in the arena: `shared` [6, D], and `shift` and `scale` [D] before the velocity.
  func callAsFunction(
    _ sigma: Double, _ compute: Compute
  ) -> (shared: Tensor, shift: Tensor, scale: Tensor) {
    let sinusoids = sinusoidalEmbedding(Float(1000 * sigma), size: features, compute)
    let hidden = timeIn(sinusoids, compute, activation: .silu)
    let moment = timeOut(hidden, compute, activation: .silu)
    let shared = modulation(moment, compute).reshaped([6, width])
    let final = finalModulation(moment, compute).reshaped([2, width])
    return (shared, final[0..<1].reshaped([width]), final[1..<2].reshaped([width]))
  }
}
