/// Root-mean-square normalisation over the channels of each position, then SiLU: what stands before
/// every convolution of a residual block, in one pass.
///
/// `y = x / √(mean(x²) + ε) · weight`, result `y / (1 + e⁻ʸ)`.
/// - Parameters:
///   - source, destination: `positions` rows of `channels` numbers without gaps; may be the same
///     memory.
///   - weight: `channels` numbers.
package func channelRMSNormSiLU(
  _ source: UnsafePointer<Float>, _ destination: UnsafeMutablePointer<Float>,
  positions: Int, channels: Int, weight: UnsafePointer<Float>, epsilon: Float
) {
  for position in 0..<positions {
    let input = source + position * channels
    let factor = Vector(repeating: inverseRootMeanSquare(input, channels, epsilon))
    mapVectors(input, destination + position * channels, count: channels) {
      values, offset, valid in
      let normalized = values * factor * load(weight, offset, valid)
      return normalized / (Vector(repeating: 1) + exp(-normalized))
    }
  }
}
