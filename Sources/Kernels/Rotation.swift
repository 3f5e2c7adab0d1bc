import CSIMD

/// Normalises each head's row by its root mean square, multiplies by `weight`, and turns each pair
/// (2i, 2i+1) by the angle of the token; in place.
/// - Parameters:
///   - rows: `[tokens, heads, headSize]`, `headSize` even.
///   - stride: numbers from one token to the next; `nil` where there are no gaps.
///   - weight: `[headSize]`, or `nil` to leave the rows as long as they are.
///   - cosines, sines: `[tokens, headSize / 2]` both, or `nil` for no turn.
package func normalizeAndRotate(
  _ rows: UnsafeMutablePointer<Float>, tokens: Int, heads: Int, headSize: Int, stride: Int? = nil,
  weight: UnsafePointer<Float>?, epsilon: Float,
  cosines: UnsafePointer<Float>?, sines: UnsafePointer<Float>?
) {
  let stride = stride ?? heads * headSize
  for token in 0..<tokens {
    let angles = token * headSize / 2
    for head in 0..<heads {
      let row = rows + token * stride + head * headSize
      if let weight {
        let factor = Vector(repeating: inverseRootMeanSquare(row, headSize, epsilon))
        if let cosines, let sines {
          mapVectors(row, row, count: headSize) { values, offset, valid in
            rotated(
              values * factor * load(weight, offset, valid), cosines + angles, sines + angles,
              offset, valid)
          }
        } else {
          mapVectors(row, row, count: headSize) { $0 * factor * load(weight, $1, $2) }
        }
      } else if let cosines, let sines {
        mapVectors(row, row, count: headSize) { values, offset, valid in
          rotated(values, cosines + angles, sines + angles, offset, valid)
        }
      }
    }
  }
}

/// Eight pairs turned by the angles that belong to `offset`.
@inline(__always)
private func rotated(
  _ x: Vector, _ cosines: UnsafePointer<Float>, _ sines: UnsafePointer<Float>, _ offset: Int,
  _ valid: Int
) -> Vector {
  let cosine = flipbook_twice(loadPairs(cosines, offset, valid))
  let sine = flipbook_twice(loadPairs(sines, offset, valid)) * alternatingSigns
  return flipbook_fma(x, cosine, flipbook_swap_pairs(x) * sine)
}

/// −1 for the first of a pair, 1 for the second: (x, y) turns to (x·cos − y·sin, y·cos + x·sin).
private var alternatingSigns: Vector {
  @inline(__always) get { Vector(-1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1) }
}

@inline(__always)
private func loadPairs(
  _ pointer: UnsafePointer<Float>, _ offset: Int, _ valid: Int
) -> SIMD8<Float> {
  let start = pointer + offset / 2
  if valid == lanes { return UnsafeRawPointer(start).loadUnaligned(as: SIMD8<Float>.self) }
  var values = SIMD8<Float>(repeating: 0)
  for lane in 0..<valid / 2 { values[lane] = start[lane] }
  return values
}
