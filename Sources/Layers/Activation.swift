import Kernels
package import Tensor

/// What is done to each number after a linear map.
package enum Activation: Sendable, CaseIterable {
  case none
  /// x·Φ(x) by the error function (Hendrycks and Gimpel 2016), as BERT has it.
  case gelu
  /// GELU by its hyperbolic-tangent approximation.
  case geluTanh
  /// x / (1 + e⁻ˣ).
  case silu

  var kernel: ActivationKernel {
    switch self {
    case .none: .none
    case .gelu: .gelu
    case .geluTanh: .geluTanh
    case .silu: .silu
    }
  }

  /// The activation of every number of `x`, in place.
  package func apply(to x: Tensor, _ compute: Compute) {
    guard self != .none else { return }
    let values = Rows(x.reshaped([x.count, 1]))
    compute.pool.forBlocks(of: x.count, block: 4096) { range in
      addBiasAndActivate(
        values[range.lowerBound], stride: 0, rows: 1, columns: range.count, bias: nil,
        activation: kernel)
    }
    withExtendedLifetime(x) {}
  }
}
