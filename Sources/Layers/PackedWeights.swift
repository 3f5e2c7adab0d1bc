import Kernels
import Tensor

/// The matrix of a linear map as a product reads it, packed once as it is loaded.
///
/// What a file holds as bfloat16 goes from the mapped file to the panels row by row; no copy in
/// Float32 is made of it. A matrix that is needed once a run may stay there, and be packed panel by
/// panel when it is multiplied.
struct PackedWeights: Sendable {
  let format: ProductFormat
  let inputs: Int
  let outputs: Int

  /// Panels of thirty-two outputs, one after the other; `nil` where the rows stay in their file.
  private let panels: Storage?
  private let rows: StoredRows?
  /// Of int8, one a column of a panel: what a step is worth, and the sum of the weights in steps.
  private let steps: Tensor?
  private let sums: Storage?

  /// - Parameters:
  ///   - weights: where `weight [outputs, inputs]` is.
  ///   - staysInFile: whether it does where the file has bfloat16; eight bits are always packed.
  /// - Throws: `WeightError`, `TensorError.outOfMemory`.
  init(
    _ weights: Weights, inputs: Int, outputs: Int, precision: ComputePrecision,
    staysInFile: Bool = false
  ) throws {
    self.inputs = inputs
    self.outputs = outputs
    format = Self.format(precision, inputs: inputs)
    let rows = try StoredRows(weights, rows: outputs, columns: inputs)
    guard !staysInFile || format == .int8 || !rows.areStored else {
      self.rows = rows
      (panels, steps, sums) = (nil, nil, nil)
      return
    }
    self.rows = nil
    let count = Self.panelCount(outputs)
    let panelBytes = format.groups(inputs) * panelStepByteCount
    let panels = try Storage(byteCount: count * panelBytes, purpose: "the weights")
    let isScaled = format == .int8
    let steps = isScaled ? try Tensor([count * tileColumns]) : nil
    let sums =
      isScaled ? try Storage(byteCount: 4 * count * tileColumns, purpose: "the weights") : nil
    let scratch = try Storage(
      byteCount: Self.packingByteCount(inputs: inputs, format), purpose: "the packing of weights")
    for panel in 0..<count {
      let first = panel * tileColumns
      rows.pack(first, format, scratch: scratch.base, into: panels.base + panel * panelBytes) {
        steps?.pointer[first + $0] = $1.step
        sums?.base.storeBytes(of: $1.sum, toByteOffset: 4 * (first + $0), as: Int32.self)
      }
    }
    (self.panels, self.steps, self.sums) = (panels, steps, sums)
    weights.discard("weight")
  }

  /// Whether panels must be packed for every product.
  var areInFile: Bool { rows != nil }

  /// How many panels there are.
  static func panelCount(_ outputs: Int) -> Int { (outputs + tileColumns - 1) / tileColumns }

  /// The bytes that `pack` works in, and those of a panel.
  static func packingByteCount(inputs: Int, _ format: ProductFormat) -> Int {
    format.groups(inputs) * panelStepByteCount + 4 * inputs
  }

  /// Packs a panel of weights that are in their file.
  /// - Parameters:
  ///   - scratch: `packingByteCount` bytes, aligned to 64.
  ///   - target: as many.
  func pack(
    _ panel: Int, scratch: UnsafeMutableRawPointer, into target: UnsafeMutableRawPointer
  ) {
    rows?.pack(panel * tileColumns, format, scratch: scratch, into: target) { _, _ in }
  }

  /// Gives back the memory that reading weights in their file took.
  func discardPages() { rows?.weights.discard("weight") }

  /// The factors of a product with these weights. The caller keeps both alive.
  /// - Parameter panel: a panel packed by the caller, and its number, for weights in their file.
  func factors(
    _ input: ProductInput, panel: (number: Int, base: UnsafeMutableRawPointer)? = nil
  ) -> ProductFactors {
    precondition(
      input.format == format && input.columns == inputs,
      "\(input.columns) numbers in \(input.format) into a map of \(inputs) in \(format)")
    let groups = format.groups(inputs)
    let panelBytes = groups * panelStepByteCount
    guard let base = panels?.base ?? panel.map({ $0.base - $0.number * panelBytes }) else {
      preconditionFailure("weights in their file are multiplied panel by panel")
    }
    return ProductFactors(
      format: format, groups: groups, activations: input.base,
      activationStride: input.stride, activationScales: input.scales, panels: base,
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
private struct StoredRows: Sendable {
  let weights: Weights
  private let count: Int
  private let columns: Int
  private let stored: BFloat16Values?
  /// The matrix in Float32, where it is not stored as bfloat16.
  private let widened: Tensor?

  init(_ weights: Weights, rows: Int, columns: Int) throws {
    self.weights = weights
    count = rows
    self.columns = columns
    stored = try weights.bfloat16("weight", [rows, columns])
    widened = stored == nil ? try weights.tensor("weight", [rows, columns]) : nil
  }

  /// Whether the file has them as they are needed.
  var areStored: Bool { stored != nil }

  /// Packs the panel that begins with a row; rows that only fill it are zero.
  /// - Parameters:
  ///   - scratch: the groups of a panel, and a row in Float32.
  ///   - onScale: told of the scale of each row, by its place in the panel.
  func pack(
    _ first: Int, _ format: ProductFormat, scratch: UnsafeMutableRawPointer,
    into target: UnsafeMutableRawPointer, onScale: (Int, WeightScale) -> Void
  ) {
    let groups = format.groups(columns)
    let row = (scratch + groups * panelStepByteCount).assumingMemoryBound(to: Float.self)
    for column in 0..<tileColumns {
      let place = scratch + column * groups * groupByteCount
      if first + column < count {
        onScale(column, convert(first + column, to: format, place, row))
      } else {
        place.initializeMemory(as: UInt8.self, repeating: 0, count: groups * groupByteCount)
      }
    }
    packPanel(scratch, groups: groups, into: target)
  }

  /// Converts a row to the groups of a format.
  private func convert(
    _ row: Int, to format: ProductFormat, _ target: UnsafeMutableRawPointer,
    _ scratch: UnsafeMutablePointer<Float>
  ) -> WeightScale {
    if let stored {
      stored.withPointer(to: row * columns) { widenBFloat16($0, count: columns, into: scratch) }
      return convertWeights(scratch, count: columns, to: format, target)
    }
    guard let widened else { preconditionFailure("a matrix is stored or widened") }
    defer { withExtendedLifetime(widened) {} }
    return convertWeights(widened.pointer + row * columns, count: columns, to: format, target)
  }
}
