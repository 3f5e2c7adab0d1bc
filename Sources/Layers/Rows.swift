import Tensor

/// The rows of a tensor, seen along its last axis, as the workers of a pool share them.
///
/// Blocks write to rows of their own, so that the pointer may cross threads; whoever makes one
/// keeps the tensor alive until the pool returns.
struct Rows: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<Float>
  /// How many rows: the product of all axes but the last.
  let count: Int
  /// The length of the last axis.
  let columns: Int

  init(_ tensor: Tensor) {
    precondition(!tensor.shape.isEmpty, "a single number has no rows")
    pointer = tensor.pointer
    columns = tensor.shape[tensor.shape.count - 1]
    count = columns == 0 ? 0 : tensor.count / columns
  }

  subscript(row: Int) -> UnsafeMutablePointer<Float> { pointer + row * columns }
}

extension WorkerPool {
  /// Shares out `rows` in blocks of `block`, whatever the number of threads.
  func forBlocks(of rows: Int, block: Int, _ body: @Sendable (Range<Int>) -> Void) {
    parallel((rows + block - 1) / block) { index in
      body(index * block..<min((index + 1) * block, rows))
    }
  }
}
