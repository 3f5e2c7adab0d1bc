import Kernels
package import Tensor

/// `y = x Wᵀ + b` over the last axis.
///
/// The weights are packed as they are loaded, in the format of the precision: Float32, bfloat16, or
/// eight bits. The product is cut into blocks of rows and columns whose size depends on nothing but
/// the shape, and what follows it (bias, activation, gate and residual, rounding for the next map)
/// is done to each tile of it while that is in the first cache: `x` is read once for each block of
/// columns, the weights once for each block of rows, and the result is written once.
package struct Linear: Sendable {
  package let inputs: Int
  package let outputs: Int

  private let weights: PackedWeights
  /// `[outputs]`.
  private let bias: Tensor?

  /// - Parameters:
  ///   - weights: where `weight [outputs, inputs]` and, unless turned off, `bias [outputs]` are.
  ///   - precision: `nil` for that of the weights.
  ///   - staysInFile: packs the weights anew for every product, where the file has them as bfloat16: for
  ///     maps that are used once a run. It takes `packingByteCount` bytes more of the arena.
  /// - Throws: `WeightError`, `TensorError.outOfMemory`.
  package init(
    _ weights: Weights, inputs: Int, outputs: Int, bias: Bool = true,
    precision: ComputePrecision? = nil, staysInFile: Bool = false
  ) throws {
    self.inputs = inputs
    self.outputs = outputs
    self.weights = try PackedWeights(
      weights, inputs: inputs, outputs: outputs, precision: precision ?? weights.precision,
      staysInFile: staysInFile)
    self.bias = bias ? try weights.tensor("bias", [outputs]) : nil
  }

  var format: ProductFormat { weights.format }

  /// - Parameters:
  ///   - x: `[..., inputs]`.
  ///   - activation: applied to the result.
  /// - Returns: `[..., outputs]`, in the arena.
  package func callAsFunction(
    _ x: Tensor, _ compute: Compute, activation: Activation = .none
  ) -> Tensor {
    let result = compute.arena.tensor(x.shape.dropLast() + [outputs])
    compute.arena.scope { store(input(x, compute), in: result, activation, compute) }
    return result
  }

  /// The same of rows that are made already.
  package func callAsFunction(
    _ input: ProductInput, _ compute: Compute, activation: Activation = .none
  ) -> Tensor {
    let result = compute.arena.tensor(input.leadingShape + [outputs])
    store(input, in: result, activation, compute)
    return result
  }

  /// The result as the rows of another map.
  /// - Returns: what `next` multiplies, in the arena.
  package func callAsFunction(
    _ input: ProductInput, for next: Linear, _ compute: Compute, activation: Activation = .none
  ) -> ProductInput {
    switch next.format {
    case .float32: return ProductInput(float32: self(input, compute, activation: activation))
    case .bfloat16:
      let result = ProductInput(input.leadingShape + [outputs], .bfloat16, compute)
      if outputs % 2 == 1 { result.clearRests() }
      product(input, activation, .bfloat16(result.base, stride: result.stride), compute)
      return result
    case .int8:
      // The scale of a row is known when all of it is: one pass more.
      let result = ProductInput(input.leadingShape + [outputs], .int8, compute)
      compute.arena.scope { () -> Void in
        result.convert(self(input, compute, activation: activation), compute)
      }
      return result
    }
  }

  /// `residual += gate · (x Wᵀ + b)`, in place.
  /// - Parameters:
  ///   - x: `[..., inputs]`.
  ///   - residual: `[..., outputs]`, as many rows as `x`.
  ///   - gate: `[outputs]`, or `nil` for one.
  package func callAsFunction(
    _ x: Tensor, addingTo residual: Tensor, gate: Tensor? = nil, _ compute: Compute
  ) {
    compute.arena.scope { self(input(x, compute), addingTo: residual, gate: gate, compute) }
  }

  /// The same of rows that are made already.
  package func callAsFunction(
    _ input: ProductInput, addingTo residual: Tensor, gate: Tensor? = nil, _ compute: Compute
  ) {
    precondition(
      residual.shape.last == outputs && residual.count == input.rows * outputs,
      "a residual of shape \(residual.shape) for \(input.rows) rows times \([outputs, inputs])")
    precondition(gate == nil || gate?.count == outputs, "a gate that is not [\(outputs)]")
    product(
      input, .none,
      .residual(
        residual.pointer, stride: outputs, gate: gate.map { UnsafePointer($0.pointer) }), compute)
    withExtendedLifetime((residual, gate)) {}
  }

  private func store(
    _ input: ProductInput, in result: Tensor, _ activation: Activation, _ compute: Compute
  ) {
    product(input, activation, .float32(result.pointer, stride: outputs), compute)
    withExtendedLifetime(result) {}
  }

  /// Sends the result to heads.
  /// - Parameter unit: how many columns belong together, a multiple of 32.
  func product(_ input: ProductInput, _ heads: HeadRows, unit: Int, _ compute: Compute) {
    product(input, .none, .heads(heads), unit: unit, compute)
  }

  /// Shares out the blocks of the product.
  private func product(
    _ input: ProductInput, _ activation: Activation, _ destination: ProductEnd.Destination,
    unit: Int = tileColumns, _ compute: Compute
  ) {
    let end = ProductEnd(
      bias: bias.map { UnsafePointer($0.pointer) }, activation: activation.kernel, destination)
    if weights.areInFile {
      precondition(unit == tileColumns, "a map into heads is packed as it is loaded")
      productFromFile(input, end, compute)
      return
    }
    let factors = weights.factors(input)
    let blocks = ProductBlocks(
      rows: input.rows, columns: outputs, weights.format, groups: factors.groups, unit: unit)
    compute.arena.scope {
      let size = blocks.partialSumsByteCount
      let sums = size > 0 ? Rows(compute.arena.tensor([blocks.count, size / 4])) : nil
      compute.pool.parallel(blocks.count) { index in
        let block = blocks[index]
        multiplyBlock(
          factors, rows: block.rows, columns: block.columns,
          partialSums: sums.map { UnsafeMutableRawPointer($0[index]) }, end: end)
      }
    }
    withExtendedLifetime((input, self)) {}
  }
}

// MARK: - Weights that stay in their file

extension Linear {
  /// How such a product is shared out, and the memory that it takes from the arena and gives back.
  private struct FilePlan {
    /// How many threads may pack panels at once; a property of the program, so that the memory is known.
    private static let mostParts = 8

    let panels: Int
    let parts: Int
    /// For each part the room that packing works in, and a packed panel.
    let scratchShape: [Int]
    /// Partial sums, a row a part; nil where there is one pass.
    let sumsShape: [Int]?

    init(rows: Int, inputs: Int, outputs: Int, _ format: ProductFormat) {
      panels = PackedWeights.panelCount(outputs)
      parts = min(panels, Self.mostParts)
      let size = PackedWeights.packingByteCount(inputs: inputs, format)
      scratchShape = [2 * parts, (size + 63) / 64 * 16]
      let sums = ProductPasses(format, groups: format.groups(inputs))
        .partialSumsByteCount(rows: rows, columns: tileColumns)
      sumsShape = sums > 0 ? [parts, sums / 4] : nil
    }
  }

  /// Panel by panel: packed, multiplied with all rows, forgotten.
  private func productFromFile(_ input: ProductInput, _ end: ProductEnd, _ compute: Compute) {
    let plan = FilePlan(rows: input.rows, inputs: inputs, outputs: outputs, weights.format)
    compute.arena.scope {
      let scratch = Rows(compute.arena.tensor(plan.scratchShape))
      let sums = plan.sumsShape.map { Rows(compute.arena.tensor($0)) }
      compute.pool.parallel(plan.parts) { part in
        let target = UnsafeMutableRawPointer(scratch[2 * part + 1])
        for panel in plan.panels * part / plan.parts..<plan.panels * (part + 1) / plan.parts {
          weights.pack(panel, scratch: UnsafeMutableRawPointer(scratch[2 * part]), into: target)
          let first = panel * tileColumns
          multiplyBlock(
            weights.factors(input, panel: (panel, target)), rows: 0..<input.rows,
            columns: first..<min(first + tileColumns, outputs),
            partialSums: sums.map { UnsafeMutableRawPointer($0[part]) }, end: end)
        }
      }
    }
    weights.discardPages()
    withExtendedLifetime((input, self)) {}
  }

  /// The bytes that a product with weights in their file takes from the arena and gives back.
  package static func packingByteCount(
    rows: Int, inputs: Int, outputs: Int, _ precision: ComputePrecision
  ) -> Int {
    let format = PackedWeights.format(precision, inputs: inputs)
    let plan = FilePlan(rows: rows, inputs: inputs, outputs: outputs, format)
    return Arena.byteCount(of: plan.scratchShape) + (plan.sumsShape.map(Arena.byteCount) ?? 0)
  }
}

// MARK: - Memory

extension Linear {
  /// The bytes that rows made for a map of this precision take from the arena.
  /// - Parameter shape: `[..., inputs]`.
  package static func inputByteCount(of shape: [Int], _ precision: ComputePrecision) -> Int {
    ProductInput.byteCount(
      of: shape, PackedWeights.format(precision, inputs: shape[shape.count - 1]))
  }

  /// The bytes that a call takes from the arena besides its input and its result, and gives back.
  package static func scratchByteCount(
    rows: Int, inputs: Int, outputs: Int, _ precision: ComputePrecision
  ) -> Int {
    let format = PackedWeights.format(precision, inputs: inputs)
    let blocks = ProductBlocks(
      rows: rows, columns: outputs, format, groups: format.groups(inputs), unit: tileColumns)
    let size = blocks.partialSumsByteCount
    return size > 0 ? Arena.byteCount(of: [blocks.count, size / 4]) : 0
  }

  /// The bytes of the weights of such a map in memory, without its bias.
  package static func weightByteCount(
    inputs: Int, outputs: Int, _ precision: ComputePrecision
  ) -> Int {
    PackedWeights.format(precision, inputs: inputs).groups(inputs) * groupByteCount * outputs
  }
}
