import Kernels
package import Tensor

/// Root-mean-square normalisation over channels, then SiLU, in one pass: what stands before the
/// convolutions of a residual block, which apply it as they read their input.
package struct RMSNormSiLU: Sendable {
  private let weight: Tensor
  private let epsilon: Float

  /// Positions that a worker takes at a time.
  private static let blockRows = 64

  /// - Parameter weights: where `weight [channels]` is.
  /// - Throws: `WeightError`.
  package init(_ weights: Weights, channels: Int, epsilon: Float = 1e-6) throws {
    weight = try weights.tensor("weight", [channels])
    self.epsilon = epsilon
  }

  var channels: Int { weight.count }

  /// The same for a kernel; valid while the layer lives.
  var kernel: ChannelNorm { ChannelNorm(weight: weight.pointer, epsilon: epsilon) }

  /// - Parameter x: `[..., channels]`.
  /// - Returns: the same shape, in the arena.
  package func callAsFunction(_ x: Tensor, _ compute: Compute) -> Tensor {
    let result = compute.arena.tensor(x.shape)
    apply(x, into: result, compute)
    return result
  }

  /// The same in place.
  package func apply(to x: Tensor, _ compute: Compute) { apply(x, into: x, compute) }

  private func apply(_ x: Tensor, into result: Tensor, _ compute: Compute) {
    precondition(
      x.shape.last == weight.count, "\(x.shape) into a norm of \(weight.count) channels")
    let source = Rows(x)
    let target = Rows(result)
    compute.pool.forBlocks(of: source.count, block: RMSNormSiLU.blockRows) { rows in
      channelRMSNormSiLU(
        source[rows.lowerBound], target[rows.lowerBound], positions: rows.count,
        channels: source.columns, weight: weight.pointer, epsilon: epsilon)
    }
    withExtendedLifetime((x, result, self)) {}
  }
}
