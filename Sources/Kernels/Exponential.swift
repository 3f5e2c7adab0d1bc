import CSIMD

/// 2ˣ with a relative error below 2e-7; denormal, 0 or infinite where it must be, NaN for NaN.
///
/// The integer part of x goes into the exponent, the fraction in 0 … 1 through the polynomial of
/// degree 5 with the least relative error among those that are 1 at 0.
@inline(__always)
func exp2(_ x: Vector) -> Vector {
  let x = flipbook_exponent(x)
  let fraction = flipbook_fraction(x)
  var power = Vector(repeating: 1.8671300703998195e-3)
  power = flipbook_fma(power, fraction, Vector(repeating: 9.017030320977129e-3))
  power = flipbook_fma(power, fraction, Vector(repeating: 5.579991310519084e-2))
  power = flipbook_fma(power, fraction, Vector(repeating: 2.401644501549020e-1))
  power = flipbook_fma(power, fraction, Vector(repeating: 6.931513118046808e-1))
  return flipbook_scaled(flipbook_fma(power, fraction, Vector(repeating: 1)), x)
}

/// 2ˣ with a relative error below 1e-4, a fortieth of what the rounding to bfloat16 adds: the same
/// with degree 3.
@inline(__always)
func coarseExp2(_ x: Vector) -> Vector {
  let x = flipbook_exponent(x)
  let fraction = flipbook_fraction(x)
  var power = Vector(repeating: 7.706704199309246e-2)
  power = flipbook_fma(power, fraction, Vector(repeating: 2.276449912030839e-1))
  power = flipbook_fma(power, fraction, Vector(repeating: 6.951167864147727e-1))
  return flipbook_scaled(flipbook_fma(power, fraction, Vector(repeating: 1)), x)
}

/// 1 + 2ˣ with a relative error below 1e-4; 2ˣ ends at 2^±126, NaN stays NaN.
@inline(__always)
func onePlusExp2(_ x: Vector) -> Vector {
  let bounded = flipbook_min(
    Vector(repeating: 126), flipbook_max(Vector(repeating: -126), x))
  return Vector(repeating: 1) + coarseExp2(bounded)
}

/// eˣ with a relative error below 3e-7; 0 below −87.3, infinity from 88.8 on, NaN for NaN.
@inline(__always)
func exp(_ x: Vector) -> Vector {
  let bounded = flipbook_min(
    Vector(repeating: 89), flipbook_max(Vector(repeating: -87.33), x))
  let magic = Vector(repeating: 12_582_912)
  let shifted = flipbook_fma(bounded, Vector(repeating: 1.442695041), magic)
  let integer = shifted - magic
  // ln 2 in two parts, the first with trailing zeros, so that the product is exact.
  var rest = flipbook_fma(integer, Vector(repeating: -0.693359375), bounded)
  rest = flipbook_fma(integer, Vector(repeating: 2.12194440e-4), rest)
  // Cephes expf: 1 + r + r²·P(r), degree 5.
  var power = Vector(repeating: 1.9875691500e-4)
  power = flipbook_fma(power, rest, Vector(repeating: 1.3981999507e-3))
  power = flipbook_fma(power, rest, Vector(repeating: 8.3334519073e-3))
  power = flipbook_fma(power, rest, Vector(repeating: 4.1665795894e-2))
  power = flipbook_fma(power, rest, Vector(repeating: 1.6666665459e-1))
  power = flipbook_fma(power, rest, Vector(repeating: 5.0000001201e-1))
  power = flipbook_fma(power * rest, rest, rest) + Vector(repeating: 1)
  return scaled(power, byPowerHeldIn: shifted).replacing(
    with: Vector(repeating: 0), where: x .< Vector(repeating: -87.33))
}

/// Multiplies by 2ⁿ, n an integer in −126…128 that stands in the low bits of 1.5·2²³ + n.
@inline(__always)
private func scaled(_ power: Vector, byPowerHeldIn shifted: Vector) -> Vector {
  // In two steps: 2¹²⁸ and a result below the smallest normal number are out of one step's reach.
  let n = unsafeBitCast(shifted, to: SIMD16<Int32>.self) &- SIMD16(repeating: 0x4B40_0000)
  let half = n &>> SIMD16(repeating: 1)
  let first = (half &+ SIMD16(repeating: 127)) &<< SIMD16(repeating: 23)
  let second = (n &- half &+ SIMD16(repeating: 127)) &<< SIMD16(repeating: 23)
  return power * unsafeBitCast(first, to: Vector.self) * unsafeBitCast(second, to: Vector.self)
}

/// ½ erfc(x / √2), the share of a normal distribution above x ≥ 0, with a relative error below 2e-6
/// up to x = 9.
///
/// Press et al., "Numerical Recipes", `erfcc`: erfc(z) = t·exp(−z² + P(t)), t = 1 / (1 + z/2).
@inline(__always)
func upperTail(_ x: Vector) -> Vector {
  // Beyond 20 there is nothing left, and infinity minus infinity is avoided.
  let x = flipbook_min(Vector(repeating: 20), x)
  let z = x * Vector(repeating: 0.70710678118655)
  let t = Vector(repeating: 1) / flipbook_fma(z, Vector(repeating: 0.5), Vector(repeating: 1))
  var p = Vector(repeating: 0.17087277)
  p = flipbook_fma(p, t, Vector(repeating: -0.82215223))
  p = flipbook_fma(p, t, Vector(repeating: 1.48851587))
  p = flipbook_fma(p, t, Vector(repeating: -1.13520398))
  p = flipbook_fma(p, t, Vector(repeating: 0.27886807))
  p = flipbook_fma(p, t, Vector(repeating: -0.18628806))
  p = flipbook_fma(p, t, Vector(repeating: 0.09678418))
  p = flipbook_fma(p, t, Vector(repeating: 0.37409196))
  p = flipbook_fma(p, t, Vector(repeating: 1.00002368))
  p = flipbook_fma(p, t, Vector(repeating: -1.26551223))
  // z² is x²/2, from x itself: the rounding of z would be multiplied by the exponential, and so
  // would that of x², which is therefore carried along.
  let square = x * x
  let lost = flipbook_fma(x, x, -square)
  let minusHalf = Vector(repeating: -0.5)
  return Vector(repeating: 0.5) * t * exp(minusHalf * square)
    * exp(flipbook_fma(minusHalf, lost, p))
}

/// `values[i] = 2^values[i]`, in place.
package func exp2(_ values: UnsafeMutablePointer<Float>, count: Int) {
  mapVectors(values, values, count: count) { x, _, _ in exp2(x) }
}

/// `values[i] = 2^values[i]` as `coarseExp2` has it, in place.
package func coarseExp2(_ values: UnsafeMutablePointer<Float>, count: Int) {
  mapVectors(values, values, count: count) { x, _, _ in coarseExp2(x) }
}

/// `values[i] = e^values[i]`, in place.
package func exp(_ values: UnsafeMutablePointer<Float>, count: Int) {
  mapVectors(values, values, count: count) { x, _, _ in exp(x) }
}
