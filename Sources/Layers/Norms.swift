import Kernels
package import Tensor

/// How many rows a worker normalises at a time.
private let blockRows = 16

/// Layer normalisation over the last axis (Ba, Kiros and Hinton 2016).
package struct LayerNorm: Sendable {
  private let weight: Tensor
  private let bias: Tensor
  private let epsilon: Float

  /// - Parameter weights: where `weight [size]` and `bias [size]` are.
  /// - Throws: `WeightError`.
  package init(_ weights: Weights, size: Int, epsilon: Float = 1e-5) throws {
    weight = try weights.tensor("weight", [size])
    bias = try weights.tensor("bias", [size])
    self.epsilon = epsilon
  }

  /// - Parameter x: `[..., size]`.
  /// - Returns: the same shape, in the arena.
  package func callAsFunction(_ x: Tensor, _ compute: Compute) -> Tensor {
    normalized(x, scale: weight, shift: bias, scaleOffset: 0, epsilon, compute)
  }
}

/// Root-mean-square normalisation over the last axis (Zhang and Sennrich 2019).
package struct RMSNorm: Sendable {
  private let weight: Tensor
  private let epsilon: Float

  /// - Parameter weights: where `weight [size]` is.
  /// - Throws: `WeightError`.
  package init(_ weights: Weights, size: Int, epsilon: Float = 1e-6) throws {
    weight = try weights.tensor("weight", [size])
    self.epsilon = epsilon
  }

  /// - Parameter x: `[..., size]`.
  /// - Returns: the same shape, in the arena.
  package func callAsFunction(_ x: Tensor, _ compute: Compute) -> Tensor {
    precondition(x.shape.last == weight.count, "\(x.shape) into a norm of size \(weight.count)")
    let result = compute.arena.tensor(x.shape)
    let source = Rows(x)
    let target = Rows(result)
    compute.pool.forBlocks(of: source.count, block: blockRows) { rows in
      rmsNorm(
        source[rows.lowerBound], target[rows.lowerBound], rows: rows.count,
        columns: source.columns, weight: weight.pointer, epsilon: epsilon)
    }
    withExtendedLifetime((x, result, self)) {}
    return result
  }
}

/// Adaptive layer normalisation (Peebles and Xie, "Scalable diffusion models with transformers",
/// 2023): the norm without weights of its own, times `1 + scale`, plus `shift`.
/// - Parameters:
///   - x: `[..., D]`.
///   - shift, scale: `[D]`.
/// - Returns: the same shape as `x`, in the arena.
package func layerNormModulated(
  _ x: Tensor, shift: Tensor, scale: Tensor, epsilon: Float, _ compute: Compute
) -> Tensor {
  normalized(x, scale: scale, shift: shift, scaleOffset: 1, epsilon, compute)
}

private func normalized(
  _ x: Tensor, scale: Tensor, shift: Tensor, scaleOffset: Float, _ epsilon: Float,
  _ compute: Compute
) -> Tensor {
  precondition(
    x.shape.last == scale.count && scale.count == shift.count,
    "\(x.shape) into a norm of size \(scale.count) with a shift of size \(shift.count)")
  let result = compute.arena.tensor(x.shape)
  let source = Rows(x)
  let target = Rows(result)
  compute.pool.forBlocks(of: source.count, block: blockRows) { rows in
    layerNorm(
      source[rows.lowerBound], target[rows.lowerBound], rows: rows.count, columns: source.columns,
      scale: scale.pointer, shift: shift.pointer, scaleOffset: scaleOffset, epsilon: epsilon)
  }
  withExtendedLifetime((x, result, scale, shift)) {}
  return result
}
