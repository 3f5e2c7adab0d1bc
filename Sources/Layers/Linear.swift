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
      rows: input.rows, columns: outputs, groups: factors.groups, unit: unit)
    compute.arena.scope {
      let size = passCount(factors.groups) > 1 ? blocks.partialSumsByteCount : 0
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
  /// How many threads may pack panels at once; a property of the program, so that the memory is known.
  private static let packingParts = 8

  /// Panel by panel: packed, multiplied with all rows, forgotten.
  private func productFromFile(_ input: ProductInput, _ end: ProductEnd, _ compute: Compute) {
    let panels = PackedWeights.panelCount(outputs)
    let parts = min(panels, Self.packingParts)
    let size = PackedWeights.packingByteCount(inputs: inputs, weights.format)
    let groups = weights.format.groups(inputs)
    let sumBytes =
      passCount(groups) > 1 ? partialSumsByteCount(rows: input.rows, columns: tileColumns) : 0
    compute.arena.scope {
      let scratch = Rows(compute.arena.tensor([2 * parts, (size + 63) / 64 * 16]))
      let sums = sumBytes > 0 ? Rows(compute.arena.tensor([parts, sumBytes / 4])) : nil
      compute.pool.parallel(parts) { part in
        let target = UnsafeMutableRawPointer(scratch[2 * part + 1])
        for panel in panels * part / parts..<panels * (part + 1) / parts {
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
    let parts = min(PackedWeights.panelCount(outputs), packingParts)
    let size = PackedWeights.packingByteCount(inputs: inputs, format)
    let sums =
      passCount(format.groups(inputs)) > 1
      ? partialSumsByteCount(rows: rows, columns: tileColumns) : 0
    return Arena.byteCount(of: [2 * parts, (size + 63) / 64 * 16])
      + (sums > 0 ? Arena.byteCount(of: [parts, sums / 4]) : 0)
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
    let groups = PackedWeights.format(precision, inputs: inputs).groups(inputs)
    guard passCount(groups) > 1 else { return 0 }
    let blocks = ProductBlocks(rows: rows, columns: outputs, groups: groups, unit: tileColumns)
    return Arena.byteCount(of: [blocks.count, blocks.partialSumsByteCount / 4])
  }

  /// The bytes of the weights of such a map in memory, without its bias.
  package static func weightByteCount(
    inputs: Int, outputs: Int, _ precision: ComputePrecision
  ) -> Int {
    PackedWeights.format(precision, inputs: inputs).groups(inputs) * groupByteCount * outputs
  }
}
