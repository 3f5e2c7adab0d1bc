import CSIMD

/// Layer normalisation of rows: `(x − mean) / √(variance + ε) · scale + shift`.
/// - Parameters:
///   - source, destination: `rows` rows of `columns` numbers without gaps; may be the same memory.
///   - scale, shift: `columns` numbers; `nil` is one and zero.
///   - scaleOffset: added to every scale; modulated norms multiply by 1 + scale.
package func layerNorm(
  _ source: UnsafePointer<Float>, _ destination: UnsafeMutablePointer<Float>,
  rows: Int, columns: Int, scale: UnsafePointer<Float>?, shift: UnsafePointer<Float>?,
  scaleOffset: Float, epsilon: Float
) {
  for row in 0..<rows {
    let input = source + row * columns
    let (center, factor) = layerNormMoments(input, columns, epsilon)
    mapVectors(input, destination + row * columns, count: columns) { values, offset, valid in
      var result = (values - center) * factor
      if let scale {
        result *= load(scale, offset, valid) + Vector(repeating: scaleOffset)
      }
      if let shift { result += load(shift, offset, valid) }
      return result
    }
  }
}

/// The mean of a row, and `1 / √(variance + ε)`, in every lane.
@inline(__always)
func layerNormMoments(
  _ input: UnsafePointer<Float>, _ count: Int, _ epsilon: Float
) -> (mean: Vector, factor: Vector) {
  let mean = Vector(repeating: sum(input, count: count) { $0 } / Float(count))
  let variance = sum(input, count: count) { ($0 - mean) * ($0 - mean) }
  return (mean, Vector(repeating: 1 / (variance / Float(count) + epsilon).squareRoot()))
}

/// Root-mean-square normalisation of rows: `x / √(mean(x²) + ε) · weight`.
/// - Parameter weight: `columns` numbers, or `nil` for ones.
package func rmsNorm(
  _ source: UnsafePointer<Float>, _ destination: UnsafeMutablePointer<Float>,
  rows: Int, columns: Int, weight: UnsafePointer<Float>?, epsilon: Float
) {
  for row in 0..<rows {
    let input = source + row * columns
    let factor = Vector(repeating: inverseRootMeanSquare(input, columns, epsilon))
    mapVectors(input, destination + row * columns, count: columns) { values, offset, valid in
      guard let weight else { return values * factor }
      return values * factor * load(weight, offset, valid)
    }
  }
}

@inline(__always)
func inverseRootMeanSquare(
  _ input: UnsafePointer<Float>, _ count: Int, _ epsilon: Float
) -> Float {
  1 / (sum(input, count: count) { $0 * $0 } / Float(count) + epsilon).squareRoot()
}

/// The sum of a function of `count` numbers, lane by lane and then across the lanes.
@inline(__always)
func sum(
  _ source: UnsafePointer<Float>, count: Int, _ transform: (Vector) -> Vector
) -> Float {
  var first = Vector(repeating: 0)
  var second = Vector(repeating: 0)
  var offset = 0
  while offset + 2 * lanes <= count {
    first += transform(Vector(loading: source + offset))
    second += transform(Vector(loading: source + offset + lanes))
    offset += 2 * lanes
  }
  if offset + lanes <= count {
    first += transform(Vector(loading: source + offset))
    offset += lanes
  }
  if offset < count {
    var last = transform(Vector(loading: source + offset, count: count - offset))
    // The lanes that fill up the last vector do not belong to the row.
    for lane in (count - offset)..<lanes { last[lane] = 0 }
    second += last
  }
  return flipbook_sum(first + second)
}
