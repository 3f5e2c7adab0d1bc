import Layers
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
    let finder = NonFiniteFinder()
    finder.layer("\(component).\(key)", tensor)
    if let finding = finder.finding {
      throw DioramaError.weight(
        key: finding.layer, index: finding.index, value: "\(finding.value)")
    }
    return tensor
  }

  func contains(_ key: String) -> Bool { source.contains(key) }
}
