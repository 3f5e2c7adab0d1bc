import Kernels
import Tensor

/// The matrix of a linear map as a product reads it, packed once as it is loaded.
///
/// What a file holds as bfloat16 goes from the mapped file to the panels row by row; no copy in
/// Float32 is made of it.
struct PackedWeights: Sendable {
  let format: ProductFormat
  let inputs: Int
  let outputs: Int

  /// Panels of thirty-two outputs, one after the other.
  private let panels: Storage
  /// Of int8, one a column of a panel: what a step is worth, and the sum of the weights in steps.
  private let steps: Tensor?
  private let sums: Storage?

  /// - Parameter weights: where `weight [outputs, inputs]` is.
  /// - Throws: `WeightError`, `TensorError.outOfMemory`.
  init(_ weights: Weights, inputs: Int, outputs: Int, precision: ComputePrecision) throws {
    self.inputs = inputs
    self.outputs = outputs
    format = Self.format(precision, inputs: inputs)
    let rows = try StoredRows(weights, rows: outputs, columns: inputs)
    let groups = format.groups(inputs)
    let count = (outputs + tileColumns - 1) / tileColumns
    let panelBytes = groups * panelStepByteCount
    panels = try Storage(byteCount: count * panelBytes, purpose: "the weights")
    let isScaled = format == .int8
    steps = isScaled ? try Tensor([count * tileColumns]) : nil
    sums = isScaled ? try Storage(byteCount: 4 * count * tileColumns, purpose: "the weights") : nil
    let scratch = try Storage(byteCount: panelBytes, purpose: "the packing of weights")
    for panel in 0..<count {
      let first = panel * tileColumns
      for column in 0..<tileColumns {
        let target = scratch.base + column * groups * groupByteCount
        guard first + column < outputs else {
          target.initializeMemory(as: UInt8.self, repeating: 0, count: groups * groupByteCount)
          continue
        }
        let scale = rows.convert(first + column, to: format, target)
        steps?.pointer[first + column] = scale.step
        sums?.base.storeBytes(of: scale.sum, toByteOffset: 4 * (first + column), as: Int32.self)
      }
      packPanel(scratch.base, groups: groups, into: panels.base + panel * panelBytes)
    }
    weights.discard("weight")
  }

  /// The factors of a product with these weights. The caller keeps both alive.
  func factors(_ input: ProductInput) -> ProductFactors {
    precondition(
      input.format == format && input.columns == inputs,
      "\(input.columns) numbers in \(input.format) into a map of \(inputs) in \(format)")
    return ProductFactors(
      format: format, groups: format.groups(inputs), activations: input.base,
      activationStride: input.stride, activationScales: input.scales, panels: panels.base,
      weightScales: steps.map { UnsafePointer($0.pointer) },
      weightSums: sums.map { UnsafePointer($0.base.assumingMemoryBound(to: Int32.self)) })
  }

  /// Sums of int8 products fit 32 bits up to 66,311 of them; longer ones are made in bfloat16.
  static func format(_ precision: ComputePrecision, inputs: Int) -> ProductFormat {
    switch precision {
    case .f32: .float32
    case .bf16: .bfloat16
    case .int8: inputs <= 1 << 16 ? .int8 : .bfloat16
    }
  }
}

/// A matrix of a file, row by row.
private struct StoredRows {
  private let columns: Int
  private let stored: BFloat16Values?
  /// The matrix in Float32; one row of it where it is stored as bfloat16.
  private let widened: Tensor

  init(_ weights: Weights, rows: Int, columns: Int) throws {
    self.columns = columns
    stored = try weights.bfloat16("weight", [rows, columns])
    widened = stored == nil ? try weights.tensor("weight", [rows, columns]) : try Tensor([columns])
  }

  /// Converts a row to the groups of a format.
  func convert(
    _ row: Int, to format: ProductFormat, _ target: UnsafeMutableRawPointer
  ) -> WeightScale {
    defer { withExtendedLifetime(widened) {} }
    guard let stored else {
      return convertWeights(widened.pointer + row * columns, count: columns, to: format, target)
    }
    stored.withPointer(to: row * columns) {
      widenBFloat16($0, count: columns, into: widened.pointer)
    }
    return convertWeights(widened.pointer, count: columns, to: format, target)
  }
}
