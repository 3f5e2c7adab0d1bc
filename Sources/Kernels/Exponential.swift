import CSIMD

/// 2ˣ with a relative error below 3e-7; 0 below −126, infinity from 128 on, NaN for NaN.
///
/// The integer part of x goes into the exponent, the fraction in [−½, ½] through the minimax
/// polynomial of degree 6.
@inline(__always)
func exp2(_ x: Vector) -> Vector {
  // Bounds come first: the maximum of a number and NaN is then NaN.
  let bounded = flipbook_min(
    Vector(repeating: 128), flipbook_max(Vector(repeating: -126), x))
  // Added to 1.5·2²³ a number is rounded to an integer that stands in the low bits.
  let magic = Vector(repeating: 12_582_912)
  let shifted = bounded + magic
  let power = exp2Polynomial(bounded - (shifted - magic))
  return scaled(power, byPowerHeldIn: shifted).replacing(
    with: Vector(repeating: 0), where: x .< Vector(repeating: -126))
}

/// 2ˣ for x ≤ 0, as a softmax has it: one step fewer than `exp2`, with the same polynomial.
@inline(__always)
func exp2OfNonPositive(_ x: Vector) -> Vector {
  let bounded = flipbook_max(Vector(repeating: -126), x)
  let magic = Vector(repeating: 12_582_912)
  let shifted = bounded + magic
  let power = exp2Polynomial(bounded - (shifted - magic))
  let exponent = unsafeBitCast(shifted, to: SIMD16<Int32>.self) &- SIMD16(repeating: 0x4B3F_FF81)
  return (power * unsafeBitCast(exponent &<< SIMD16(repeating: 23), to: Vector.self))
    .replacing(with: Vector(repeating: 0), where: x .< Vector(repeating: -126))
}

/// 1 + 2ˣ with a relative error below 1e-4; 2ˣ ends at 2^±126, NaN stays NaN.
@inline(__always)
func onePlusExp2(_ x: Vector) -> Vector {
  let bounded = flipbook_min(
    Vector(repeating: 126), flipbook_max(Vector(repeating: -126), x))
  let magic = Vector(repeating: 12_582_912)
  let shifted = bounded + magic
  let fraction = bounded - (shifted - magic)
  // Minimax of degree 3, 7.5e-5.
  var power = Vector(repeating: 0.0551716685)
  power = flipbook_fma(power, fraction, Vector(repeating: 0.242611125))
  power = flipbook_fma(power, fraction, Vector(repeating: 0.693260968))
  power = flipbook_fma(power, fraction, Vector(repeating: 0.999928057))
  let exponent = unsafeBitCast(shifted, to: SIMD16<Int32>.self) &- SIMD16(repeating: 0x4B3F_FF81)
  return flipbook_fma(
    power, unsafeBitCast(exponent &<< SIMD16(repeating: 23), to: Vector.self),
    Vector(repeating: 1))
}

/// 2ˣ on [−½, ½].
@inline(__always)
private func exp2Polynomial(_ fraction: Vector) -> Vector {
  var power = Vector(repeating: 1.535336188319500e-4)
  power = flipbook_fma(power, fraction, Vector(repeating: 1.339887440266574e-3))
  power = flipbook_fma(power, fraction, Vector(repeating: 9.618437357674640e-3))
  power = flipbook_fma(power, fraction, Vector(repeating: 5.550332471162809e-2))
  power = flipbook_fma(power, fraction, Vector(repeating: 2.402264791363012e-1))
  power = flipbook_fma(power, fraction, Vector(repeating: 6.931472028550421e-1))
  return flipbook_fma(power, fraction, Vector(repeating: 1))
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

/// `values[i] = e^values[i]`, in place.
package func exp(_ values: UnsafeMutablePointer<Float>, count: Int) {
  mapVectors(values, values, count: count) { x, _, _ in exp(x) }
}
