import Kernels
package import Tensor

/// `y = x Wᵀ + b` over the last axis.
///
/// The product is cut into blocks of rows and columns whose size depends on nothing but the shape;
/// bias, activation and residual follow while a block is still in the cache.
package struct Linear: Sendable {
  package let inputs: Int
  package let outputs: Int

  /// `[outputs, inputs]`.
  private let weight: Tensor
  /// `[outputs]`.
  private let bias: Tensor?

  /// Columns of one block of the product.
  private static let blockColumns = 256

  /// - Parameter weights: where `weight [outputs, inputs]` and, unless turned off,
  ///   `bias [outputs]` are.
  /// - Throws: `WeightError`.
  package init(_ weights: Weights, inputs: Int, outputs: Int, bias: Bool = true) throws {
    self.inputs = inputs
    self.outputs = outputs
    weight = try weights.tensor("weight", [outputs, inputs])
    self.bias = bias ? try weights.tensor("bias", [outputs]) : nil
  }

  /// - Parameters:
  ///   - x: `[..., inputs]`.
  ///   - activation: applied to the result.
  /// - Returns: `[..., outputs]`, in the arena.
  package func callAsFunction(
    _ x: Tensor, _ compute: Compute, activation: Activation = .none
  ) -> Tensor {
    let result = compute.arena.tensor(x.shape.dropLast() + [outputs])
    let rows = Rows(result)
    let kernel = activation.kernel
    product(x, into: rows, compute) { range, columns in
      addBiasAndActivate(
        rows[range.lowerBound] + columns.lowerBound, stride: outputs, rows: range.count,
        columns: columns.count, bias: bias.map { UnsafePointer($0.pointer + columns.lowerBound) },
        activation: kernel)
    }
    withExtendedLifetime((x, result, self)) {}
    return result
  }

  /// `residual += gate · (x Wᵀ + b)`, in place.
  /// - Parameters:
  ///   - x: `[..., inputs]`.
  ///   - residual: `[..., outputs]`, as many rows as `x`.
  ///   - gate: `[outputs]`, or `nil` for one.
  package func callAsFunction(
    _ x: Tensor, addingTo residual: Tensor, gate: Tensor? = nil, _ compute: Compute
  ) {
    precondition(
      residual.shape.last == outputs && residual.count * inputs == x.count * outputs,
      "a residual of shape \(residual.shape) for \(x.shape) times \([outputs, inputs])")
    precondition(gate == nil || gate?.count == outputs, "a gate that is not [\(outputs)]")
    compute.arena.scope {
      let values = Rows(compute.arena.tensor(x.shape.dropLast() + [outputs]))
      let target = Rows(residual)
      product(x, into: values, compute) { range, columns in
        let first = columns.lowerBound
        addGated(
          values[range.lowerBound] + first, stride: outputs, rows: range.count,
          columns: columns.count, bias: bias.map { UnsafePointer($0.pointer + first) },
          gate: gate.map { UnsafePointer($0.pointer + first) },
          to: target[range.lowerBound] + first, residualStride: outputs)
      }
    }
    withExtendedLifetime((x, residual, gate, self)) {}
  }

  /// Computes `x Wᵀ` block by block, and calls `finish` with each block's rows and columns on the
  /// thread that made it.
  private func product(
    _ x: Tensor, into result: Rows, _ compute: Compute,
    finish: @Sendable (_ rows: Range<Int>, _ columns: Range<Int>) -> Void
  ) {
    precondition(x.shape.last == inputs, "\(x.shape) into a linear map of \(inputs) inputs")
    let source = Rows(x)
    let columnBlocks = (outputs + Linear.blockColumns - 1) / Linear.blockColumns
    // OpenBLAS packs both factors of every block, which 192 rows pay for better than 96; but there
    // should be enough blocks to go round.
    let blockRows = (result.count + 191) / 192 * columnBlocks >= 8 ? 192 : 96
    let rowBlocks = (result.count + blockRows - 1) / blockRows
    compute.pool.parallel(rowBlocks * columnBlocks) { index in
      let row = index / columnBlocks * blockRows
      let column = index % columnBlocks * Linear.blockColumns
      let rows = row..<min(row + blockRows, result.count)
      let columns = column..<min(column + Linear.blockColumns, outputs)
      MatrixProduct.timesTransposed(
        rows: rows.count, columns: columns.count, inner: inputs,
        source[row], stride: inputs, weight.pointer + column * inputs, stride: inputs,
        into: result[row] + column, stride: outputs)
      finish(rows, columns)
    }
  }
}
