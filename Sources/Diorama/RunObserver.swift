import Layers
import Tensor

/// Looks at every layer's output for numbers that are none, and hands it on to whoever else looks.
final class RunObserver: LayerObserver {
  private let finder = NonFiniteFinder()
  private let next: (any LayerObserver)?

  init(next: (any LayerObserver)? = nil) { self.next = next }

  func layer(_ name: String, _ output: Tensor) {
    finder.layer(name, output)
    next?.layer(name, output)
  }

  /// - Throws: `DioramaError.activation` with the first layer that gave such a number.
  func check() throws(DioramaError) {
    if let finding = finder.finding { throw .activation(finding) }
  }
}
