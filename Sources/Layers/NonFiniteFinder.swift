import Kernels
import Synchronization
package import Tensor

/// Remembers the first layer whose output holds an infinity or a NaN.
package final class NonFiniteFinder: LayerObserver {
  /// Where the first number that is none was seen.
  package struct Finding: Sendable, Equatable, CustomStringConvertible {
    /// The key path of the layer.
    package let layer: String
    /// The position in its output, row-major.
    package let index: Int
    /// The shape of its output.
    package let shape: [Int]
    package let value: Float

    package var description: String {
      "\(layer) gave \(value) at element \(index) of its output of shape \(shape)"
    }
  }

  private let found = Mutex<Finding?>(nil)

  package init() {}

  /// The first finding, or `nil` while all numbers are finite.
  package var finding: Finding? { found.withLock { $0 } }

  package func layer(_ name: String, _ output: Tensor) {
    guard finding == nil, let index = firstNonFinite(output.pointer, count: output.count) else {
      return
    }
    let finding = Finding(
      layer: name, index: index, shape: output.shape, value: output.pointer[index])
    found.withLock { $0 = $0 ?? finding }
    withExtendedLifetime(output) {}
  }
}
