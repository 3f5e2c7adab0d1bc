import CSIMD

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
  normalizeAndActivate(
    source, destination, positions: positions, channels: channels,
    norm: ChannelNorm(weight: weight, epsilon: epsilon), siluForFloat32)
}

/// The same with a SiLU as exact as what follows needs it.
@inline(__always)
func normalizeAndActivate(
  _ source: UnsafePointer<Float>, _ destination: UnsafeMutablePointer<Float>,
  positions: Int, channels: Int, norm: ChannelNorm, _ silu: (Vector) -> Vector
) {
  forEachNormalizable(source, positions: positions, channels: channels, epsilon: norm.epsilon) {
    position, factor in
    let offset = position * channels
    mapVectors(source + offset, destination + offset, count: channels) { values, offset, valid in
      silu(values * factor * load(norm.weight, offset, valid))
    }
  }
}

/// Calls `body` with every position and the inverse of its root mean square.
///
/// Sixteen positions at a time: their roots and quotients are one instruction each, and no position
/// waits for its own sum.
@inline(__always)
func forEachNormalizable(
  _ source: UnsafePointer<Float>, positions: Int, channels: Int, epsilon: Float,
  _ body: (_ position: Int, _ factor: Vector) -> Void
) {
  withUnsafeTemporaryAllocation(of: Float.self, capacity: lanes) { room in
    guard let factors = room.baseAddress else { return }
    for first in stride(from: 0, to: positions, by: lanes) {
      let count = min(lanes, positions - first)
      for index in 0..<count {
        factors[index] = sum(source + (first + index) * channels, count: channels) { $0 * $0 }
      }
      for index in count..<lanes { factors[index] = 1 }
      let means = Vector(loading: factors) / Vector(repeating: Float(channels))
      let roots = (means + Vector(repeating: epsilon)).squareRoot()
      (Vector(repeating: 1) / roots).store(to: factors)
      for index in 0..<count { body(first + index, Vector(repeating: factors[index])) }
    }
  }
}

/// x / (1 + e⁻ˣ) with a relative error below 5e-7.
@inline(__always)
func siluForFloat32(_ x: Vector) -> Vector {
  let bounded = bounded(x)
  // The product with log₂ e in two parts: the rounding of the first is an error of the power.
  let factor = Vector(repeating: -1.44269504088896)
  let exponent = bounded * factor
  let fraction = flipbook_fraction(exponent) + flipbook_fma(bounded, factor, -exponent)
  // 2ᶠ on [0, 1], minimax of degree 5, exact at 0.
  var power = Vector(repeating: 1.8671304956e-3)
  power = flipbook_fma(power, fraction, Vector(repeating: 9.0170294152e-3))
  power = flipbook_fma(power, fraction, Vector(repeating: 5.5799913759e-2))
  power = flipbook_fma(power, fraction, Vector(repeating: 2.4016444997e-1))
  power = flipbook_fma(power, fraction, Vector(repeating: 6.9315131182e-1))
  power = flipbook_fma(power, fraction, Vector(repeating: 1))
  return x / (Vector(repeating: 1) + flipbook_scaled(power, exponent))
}

/// x / (1 + e⁻ˣ) with a relative error below 1e-5, next to nothing beside the
/// rounding to bfloat16.
@inline(__always)
func siluForBFloat16(_ x: Vector) -> Vector {
  let exponent = bounded(x) * Vector(repeating: -1.442695041)
  let fraction = flipbook_fraction(exponent)
  // 2ᶠ on [0, 1], minimax of degree 4, exact at 0.
  var power = Vector(repeating: 1.3426687971e-2)
  power = flipbook_fma(power, fraction, Vector(repeating: 5.2242468231e-2))
  power = flipbook_fma(power, fraction, Vector(repeating: 2.4128020760e-1))
  power = flipbook_fma(power, fraction, Vector(repeating: 6.9304484453e-1))
  power = flipbook_fma(power, fraction, Vector(repeating: 1))
  return x / (Vector(repeating: 1) + flipbook_scaled(power, exponent))
}

/// Infinities have no fraction. Beyond ±150 the power is zero or infinite all the same; the bounds
/// come first, so that what is not a number stays so.
@inline(__always)
private func bounded(_ x: Vector) -> Vector {
  flipbook_min(Vector(repeating: 150), flipbook_max(Vector(repeating: -150), x))
}
