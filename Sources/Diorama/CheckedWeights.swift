import Checkpoint
import Kernels
import Tensor

/// Weights of which every number is finite: what is read through it is looked through once.
struct CheckedWeights: WeightSource {
  private let source: any WeightSource
  /// The component, for messages: `transformer`.
  private let component: String

  init(_ source: any WeightSource, component: String) {
    self.source = source
    self.component = component
  }

  /// - Throws: what the source throws, and `DioramaError.weight`.
  func tensor(_ key: String, shape: [Int]) throws -> Tensor {
    let tensor = try source.tensor(key, shape: shape)
    if let index = firstNonFinite(tensor.pointer, count: tensor.count) {
      throw error(key, index, tensor.pointer[index])
    }
    return tensor
  }

  func bfloat16(_ key: String, shape: [Int]) throws -> BFloat16Values? {
    guard let values = try source.bfloat16(key, shape: shape) else { return nil }
    let index = values.withPointer(to: 0) { firstNonFiniteBFloat16($0, count: values.count) }
    if let index {
      let bits = values.withPointer(to: index) { $0.loadUnaligned(as: UInt16.self) }
      throw error(key, index, widenBFloat16(bits))
    }
    return values
  }

  private func error(_ key: String, _ index: Int, _ value: Float) -> DioramaError {
    .weight(key: "\(component).\(key)", index: index, value: "\(value)")
  }

  func contains(_ key: String) -> Bool { source.contains(key) }

  func discard(_ key: String) { source.discard(key) }
}
