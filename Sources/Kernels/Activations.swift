import CSIMD

/// What is done to each number after a linear map.
package enum ActivationKernel: Sendable {
  case none
  /// x·Φ(x) by the error function.
  case gelu
  /// GELU by its hyperbolic-tangent approximation.
  case geluTanh
  /// x / (1 + e⁻ˣ).
  case silu
}

/// Adds `bias` (where there is one) to every row of `values` and applies the activation, in place.
/// - Parameters:
///   - values: `rows` rows of `columns` numbers, `stride` elements apart.
///   - bias: `columns` numbers, or `nil`.
package func addBiasAndActivate(
  _ values: UnsafeMutablePointer<Float>, stride: Int, rows: Int, columns: Int,
  bias: UnsafePointer<Float>?, activation: ActivationKernel
) {
  for row in 0..<rows {
    let start = values + row * stride
    switch activation {
    case .none:
      guard let bias else { return }
      mapVectors(start, start, count: columns) { $0 + load(bias, $1, $2) }
    case .gelu: map(start, columns, bias, gelu)
    case .geluTanh: map(start, columns, bias, geluTanh)
    case .silu: map(start, columns, bias, silu)
    }
  }
}

/// `residual += gate · (values + bias)`, row by row; without a gate the factor is one.
package func addGated(
  _ values: UnsafePointer<Float>, stride: Int, rows: Int, columns: Int,
  bias: UnsafePointer<Float>?, gate: UnsafePointer<Float>?,
  to residual: UnsafeMutablePointer<Float>, residualStride: Int
) {
  for row in 0..<rows {
    let source = values + row * stride
    let target = residual + row * residualStride
    mapVectors(target, target, count: columns) { old, offset, valid in
      var new = load(source, offset, valid)
      if let bias { new += load(bias, offset, valid) }
      guard let gate else { return old + new }
      return flipbook_fma(new, load(gate, offset, valid), old)
    }
  }
}

/// The product of two arrays, for gated units: `values[i] *= factors[i]`.
package func multiply(
  _ values: UnsafeMutablePointer<Float>, by factors: UnsafePointer<Float>, count: Int
) {
  mapVectors(values, values, count: count) { $0 * load(factors, $1, $2) }
}

@inline(__always)
private func map(
  _ start: UnsafeMutablePointer<Float>, _ columns: Int, _ bias: UnsafePointer<Float>?,
  _ transform: (Vector) -> Vector
) {
  if let bias {
    mapVectors(start, start, count: columns) { transform($0 + load(bias, $1, $2)) }
  } else {
    mapVectors(start, start, count: columns) { values, _, _ in transform(values) }
  }
}

@inline(__always)
func silu(_ x: Vector) -> Vector {
  x / (Vector(repeating: 1) + exp(-x))
}

/// ½x(1 + tanh u) is x / (1 + e⁻²ᵘ), u = √(2/π)·(x + 0.044715 x³): no tanh is needed, and the
/// negative tail keeps its digits.
@inline(__always)
func geluTanh(_ x: Vector) -> Vector {
  let slope = flipbook_fma(
    x * x, Vector(repeating: -0.0713548162726), Vector(repeating: -1.5957691216057))
  return x / (Vector(repeating: 1) + exp(x * slope))
}

/// `geluTanh` with a relative error below 2e-4, a tenth of what rounding to bfloat16 costs: for results
/// that are rounded at once.
@inline(__always)
func geluTanhToRound(_ x: Vector) -> Vector {
  let slope = flipbook_fma(
    x * x, Vector(repeating: -0.102943264), Vector(repeating: -2.3022082))
  return x * flipbook_reciprocal(onePlusExp2(x * slope))
}

/// `silu`, likewise.
@inline(__always)
func siluToRound(_ x: Vector) -> Vector {
  x * flipbook_reciprocal(onePlusExp2(x * Vector(repeating: -1.442695041)))
}

/// x·Φ(x); Φ comes from the tail of the distribution, so that the negative tail keeps its
/// digits where ½(1 + erf) would cancel.
@inline(__always)
func gelu(_ x: Vector) -> Vector {
  let below = upperTail(flipbook_abs(x))
  let share = below.replacing(
    with: Vector(repeating: 1) - below, where: x .> Vector(repeating: 0))
  return x * share
}
