import Kernels
package import Tensor

/// A table of vectors, of which a text needs a few. It stays in its file where that has it as bfloat16: of
/// thirty thousand words a prompt touches a dozen.
package struct Embedding: Sendable {
  private enum Table: Sendable {
    case file(BFloat16Values)
    case memory(Tensor)
  }

  private let table: Table
  /// Rows of the table.
  package let count: Int
  /// Numbers of a vector.
  package let width: Int

  /// Takes `weight` [count, width] of this place.
  /// - Throws: `WeightError`, `TensorError.outOfMemory`.
  package init(_ weights: Weights, count: Int, width: Int) throws {
    self.count = count
    self.width = width
    let shape = [count, width]
    table =
      if let values = try weights.bfloat16("weight", shape) { .file(values) } else {
        .memory(try weights.tensor("weight", shape))
      }
  }

  /// Writes the vector of row `index`, widened to Float32.
  /// - Parameter destination: room for `width` numbers.
  package func copy(_ index: Int, to destination: UnsafeMutablePointer<Float>) {
    precondition((0..<count).contains(index), "row \(index) of an embedding of \(count)")
    switch table {
    case .file(let values):
      values.withPointer(to: index * width) { widenBFloat16($0, count: width, into: destination) }
    case .memory(let tensor):
      destination.update(from: tensor.pointer + index * width, count: width)
      withExtendedLifetime(tensor) {}
    }
  }
}
