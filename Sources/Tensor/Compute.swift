/// What every layer computes with: threads, scratch memory, and someone who may look on.
package final class Compute: @unchecked Sendable {
  package let pool: WorkerPool
  package let arena: Arena
  /// Called by models with the output of each layer they name; `nil` costs nothing.
  package var observer: (any LayerObserver)?

  /// - Throws: `TensorError.outOfMemory`.
  package init(threads: Int, arenaByteCount: Int) throws(TensorError) {
    pool = WorkerPool(threads: threads)
    arena = try Arena(byteCount: arenaByteCount)
  }

  /// Shows `output` to the observer, if there is one, under a name that is only then made.
  package func observe(_ name: @autoclosure () -> String, _ output: Tensor) {
    observer?.layer(name(), output)
  }
}

/// Looks at the outputs of layers as they are computed: to find the first that is not a number,
/// to trace, to compare with another implementation.
package protocol LayerObserver: AnyObject, Sendable {
  /// - Parameters:
  ///   - name: the key path of the layer, `transformer.blocks.3.attn`.
  ///   - output: valid during the call only.
  func layer(_ name: String, _ output: Tensor)
}
