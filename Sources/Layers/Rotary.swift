import Glibc
import Kernels
package import Tensor

/// The cosines and sines that turn each pair of a head's numbers (Su et al., "RoFormer", 2021).
package struct RotaryTable: Sendable {
  /// `[N, headSize / 2]`.
  package let cos: Tensor
  /// `[N, headSize / 2]`.
  package let sin: Tensor

  /// - Parameters:
  ///   - angles: in radians, one for every token and pair, row-major `[tokens, headSize / 2]`;
  ///     in Float64, as Float32 loses the digits of large ones.
  ///   - tokens: how many rows.
  /// - Throws: `TensorError`.
  package init(angles: [Double], tokens: Int) throws(TensorError) {
    let pairs = tokens == 0 ? 0 : angles.count / tokens
    cos = try Tensor(angles.map { Float(Glibc.cos($0)) }, shape: [tokens, pairs])
    sin = try Tensor(angles.map { Float(Glibc.sin($0)) }, shape: [tokens, pairs])
  }
}

/// Root-mean-square normalisation of each head's row, then the rotation of its pairs (2i, 2i+1),
/// in place.
/// - Parameters:
///   - x: `[N, heads, headSize]`.
///   - norm: `[headSize]`, the weight of the norm; `nil` for no norm.
///   - table: the turn of each token; `nil` for none.
package func normalizeAndRotate(
  _ x: Tensor, norm: Tensor?, epsilon: Float, table: RotaryTable?, _ compute: Compute
) {
  precondition(x.shape.count == 3, "\(x.shape) is not [tokens, heads, head size]")
  let (heads, headSize) = (x.shape[1], x.shape[2])
  precondition(norm == nil || norm?.count == headSize, "a norm that is not [\(headSize)]")
  precondition(
    table == nil || (headSize % 2 == 0 && table?.cos.shape == [x.shape[0], headSize / 2]),
    "a rotary table of shape \(table?.cos.shape ?? []) for \(x.shape)")
  let rows = Rows(x)
  let weight = norm.map(Rows.init)
  let cosines = table.map { Rows($0.cos) }
  let sines = table.map { Rows($0.sin) }
  compute.pool.forBlocks(of: x.shape[0], block: 16) { tokens in
    let first = tokens.lowerBound
    Kernels.normalizeAndRotate(
      rows[first * heads], tokens: tokens.count, heads: heads, headSize: headSize,
      weight: weight.map { UnsafePointer($0.pointer) }, epsilon: epsilon,
      cosines: cosines.map { UnsafePointer($0[first]) },
      sines: sines.map { UnsafePointer($0[first]) })
  }
  withExtendedLifetime((x, norm, table)) {}
}
