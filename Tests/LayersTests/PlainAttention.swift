import Glibc
import Kernels
import Layers
import Tensor

/// Attention as the formula has it, in Float64: scores, softmax, sum.
/// - Parameter rounding: what the kernel's factors are rounded to before they are multiplied, if the processor has the
///   instructions; with `nil` they are taken as they are.
func plainAttention(
  _ queries: Tensor, _ keys: Tensor, _ values: Tensor, _ pattern: AttentionPattern,
  rounding: ComputePrecision? = nil
) -> [Double] {
  let (tokens, heads, size) = (queries.shape[0], queries.shape[1], queries.shape[2])
  let keyHeads = keys.shape[1]
  let isNative =
    switch rounding {
    case nil, .f32: true
    case .bf16: AttentionArithmetic.bf16.isNative
    case .int8: AttentionArithmetic.int8.isNative
    }
  let rounding = isNative ? rounding : .f32
  // log₂e / √size, which is multiplied in before the rounding.
  let factor = Float(1.4426950408889634 / Double(size).squareRoot())
  let q = rounded(queries.array().map { $0 * factor }, rows: size, rounding)
  let k = rounded(keys.array(), rows: size, rounding)
  let v = rounded(values.array(), rows: size, rounding == .int8 ? .bf16 : rounding)
  var result = [Double](repeating: 0, count: tokens * heads * size)
  for group in pattern.groups {
    let keyRows = group.keys.flatMap(Array.init)
    for (index, query) in group.queries.flatMap(Array.init).enumerated() {
      let visible = keyRows[group.visibleKeys(ofQuery: index)]
      for head in 0..<heads {
        let start = (query * heads + head) * size
        let keyStarts = visible.map { ($0 * keyHeads + head / (heads / keyHeads)) * size }
        var weights = keyStarts.map { key -> Double in
          var score = 0.0
          for index in 0..<size { score += q[start + index] * k[key + index] }
          return score
        }
        let largest = weights.reduce(-Double.infinity) { $1 > $0 ? $1 : $0 }
        weights = weights.map { exp2($0 - largest) }
        let total = weights.reduce(0, +)
        for (key, weight) in zip(keyStarts, weights) {
          for column in 0..<size { result[start + column] += weight / total * v[key + column] }
        }
      }
    }
  }
  return result
}

private func rounded(_ values: [Float], rows size: Int, _ precision: ComputePrecision?) -> [Double]
{
  switch precision {
  case nil, .f32: return values.map(Double.init)
  case .bf16:
    return values.map { value in
      let bits = value.bitPattern
      let even = (bits + 0x7fff + (bits >> 16) & 1) & 0xffff_0000
      return Double(value.isFinite ? Float(bitPattern: even) : value)
    }
  case .int8:
    return stride(from: 0, to: values.count, by: size).flatMap { start in
      let row = values[start..<start + size]
      let scale = (row.map(abs).max() ?? 0) / 127
      return row.map { scale == 0 ? 0 : Double(($0 / scale).rounded(.toNearestOrEven) * scale) }
    }
  }
}

/// ‖values − expected‖ / ‖expected‖.
func relativeErrorInNorm(_ values: [Float], _ expected: [Double]) -> Double {
  precondition(values.count == expected.count, "\(values.count) values, \(expected.count) expected")
  let difference = zip(values, expected).reduce(0.0) {
    $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1)
  }
  let size = expected.reduce(0.0) { $0 + $1 * $1 }
  // A NaN must not pass for a small error.
  return difference.isNaN ? .infinity : (difference / max(size, .leastNormalMagnitude)).squareRoot()
}
