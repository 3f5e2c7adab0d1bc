import Kernels
package import Tensor

/// Queries, keys and values of tokens: one linear map of three times as many outputs, split into
/// heads; root-mean-square norms of each query and key, then the rotary embedding.
///
/// The product's tiles go straight to the three arrays, and the heads of twelve tokens are
/// normalised and turned there while they are in the first cache: each number is written twice, and
/// read once, between the product and attention.
package struct HeadProjection: Sendable {
  private let map: Linear
  /// `[headSize]` each.
  private let queryNorm: Tensor
  private let keyNorm: Tensor
  private let width: Int
  private let epsilon: Float

  /// - Parameters:
  ///   - map: to `3 * width` outputs, queries before keys before values.
  ///   - queryNorm, keyNorm: `[headSize]`, the weights of the norms.
  package init(_ map: Linear, queryNorm: Tensor, keyNorm: Tensor, epsilon: Float) {
    precondition(
      map.outputs % 3 == 0 && queryNorm.shape == keyNorm.shape && queryNorm.count % 16 == 0
        && map.outputs / 3 % queryNorm.count == 0,
      "\(map.outputs) outputs for queries, keys and values in heads of \(queryNorm.count)")
    self.map = map
    self.queryNorm = queryNorm
    self.keyNorm = keyNorm
    self.epsilon = epsilon
    width = map.outputs / 3
  }

  /// `norm(x)·(1 + scale) + shift` as this map reads it; see `Linear.input(normalizing:)`.
  package func input(
    normalizing x: Tensor, shift: Tensor, scale: Tensor, epsilon: Float, _ compute: Compute
  ) -> ProductInput {
    map.input(normalizing: x, shift: shift, scale: scale, epsilon: epsilon, compute)
  }

  /// - Parameters:
  ///   - input: N rows.
  ///   - queries, keys, values: `[N, heads, headSize]` each, overwritten.
  ///   - table: the turn of each token, `[N, headSize / 2]`; `nil` for none.
  package func callAsFunction(
    _ input: ProductInput, queries: Tensor, keys: Tensor, values: Tensor, table: RotaryTable?,
    _ compute: Compute
  ) {
    let headSize = queryNorm.count
    let shape = [input.rows, width / headSize, headSize]
    precondition(
      [queries, keys, values].allSatisfy { $0.shape == shape },
      "queries \(queries.shape), keys \(keys.shape) and values \(values.shape), not \(shape)")
    precondition(
      table == nil || table?.cos.shape == [input.rows, headSize / 2],
      "a rotary table of shape \(table?.cos.shape ?? []) for \(shape)")
    let isTurned = table != nil
    let heads = HeadRows(
      queries: .init(queries.pointer, norm: queryNorm.pointer, isTurned: isTurned),
      keys: .init(keys.pointer, norm: keyNorm.pointer, isTurned: isTurned),
      values: .init(values.pointer, norm: nil, isTurned: false), width: width,
      headSize: headSize, epsilon: epsilon,
      cosines: table.map { UnsafePointer($0.cos.pointer) },
      sines: table.map { UnsafePointer($0.sin.pointer) })
    // Whole heads and whole panels.
    var unit = tileColumns
    while unit % headSize != 0 { unit += tileColumns }
    map.product(input, heads, unit: unit, compute)
    withExtendedLifetime((queries, keys, values, table, self)) {}
  }
}
