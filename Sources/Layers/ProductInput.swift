import Kernels
package import Tensor

/// How many rows a worker converts at a time.
private let blockRows = 16

/// What a linear map multiplies: rows in the format of its weights, made once and read by every map
/// that wants them.
package struct ProductInput: @unchecked Sendable {
  /// All axes but the last.
  let leadingShape: [Int]
  let rows: Int
  /// Numbers of a row.
  let columns: Int
  let format: ProductFormat
  /// Bytes from row to row.
  let stride: Int

  private let memory: Tensor
  private let stepsAndZeros: Tensor?

  /// Room for rows in the arena.
  /// - Parameter shape: `[..., columns]`.
  init(_ shape: [Int], _ format: ProductFormat, _ compute: Compute) {
    let layout = Layout(shape, format)
    self.init(
      shape, format, stride: layout.stride, memory: compute.arena.tensor([layout.memoryCount]),
      scales: format == .int8 ? compute.arena.tensor([layout.scaleCount]) : nil)
  }

  /// The rows of `x` as they are.
  /// - Parameter x: `[..., columns]`.
  init(float32 x: Tensor) {
    self.init(
      x.shape, .float32, stride: (x.shape.last ?? 0) * MemoryLayout<Float>.stride, memory: x,
      scales: nil)
  }

  private init(
    _ shape: [Int], _ format: ProductFormat, stride: Int, memory: Tensor, scales: Tensor?
  ) {
    precondition(!shape.isEmpty, "a single number has no rows")
    leadingShape = shape.dropLast()
    rows = leadingShape.reduce(1, *)
    columns = shape[shape.count - 1]
    self.format = format
    self.stride = stride
    self.memory = memory
    stepsAndZeros = scales
  }

  /// The bytes that such rows take from the arena.
  static func byteCount(of shape: [Int], _ format: ProductFormat) -> Int {
    let layout = Layout(shape, format)
    return Arena.byteCount(of: [layout.memoryCount])
      + (format == .int8 ? Arena.byteCount(of: [layout.scaleCount]) : 0)
  }

  /// The first group of the first row.
  var base: UnsafeMutableRawPointer { UnsafeMutableRawPointer(memory.pointer) }

  /// Of int8, what the integers of each row stand for.
  var scales: UnsafePointer<ActivationScale>? { mutableScales.map { UnsafePointer($0) } }

  private var mutableScales: UnsafeMutablePointer<ActivationScale>? {
    stepsAndZeros.map {
      UnsafeMutableRawPointer($0.pointer).assumingMemoryBound(to: ActivationScale.self)
    }
  }

  /// The rows as kernels write them.
  var target: ProductRows {
    ProductRows(format, columns: columns, base, stride: stride, scales: mutableScales)
  }

  /// Writes the rows of `x`, which has as many numbers.
  func convert(_ x: Tensor, _ compute: Compute) {
    let (source, target) = (Rows(x), target)
    compute.pool.forBlocks(of: rows, block: blockRows) { rows in
      target.convert(source[rows.lowerBound], rows: rows)
    }
    withExtendedLifetime((x, self)) {}
  }

  /// Puts zeros behind the numbers of each row of bfloat16, whose count is odd.
  func clearRests() {
    for row in 0..<rows {
      base.storeBytes(of: 0, toByteOffset: row * stride + 2 * columns, as: UInt16.self)
    }
  }

  /// How rows lie in memory, in numbers of Float32.
  private struct Layout {
    /// Bytes from row to row: whole cache lines, an odd number of them, so that the rows of a tile
    /// do not all fall into the same set of the cache.
    let stride: Int
    let memoryCount: Int
    let scaleCount: Int

    init(_ shape: [Int], _ format: ProductFormat) {
      let columns = shape[shape.count - 1]
      let rows = shape.dropLast().reduce(1, *)
      let lines = (format.groups(columns) * groupByteCount + 63) / 64
      // Float32 keeps the layout of a tensor, as what others give is read in place too.
      stride = format == .float32 ? columns * 4 : (lines | 1) * 64
      memoryCount = rows * stride / MemoryLayout<Float>.stride
      scaleCount = rows * MemoryLayout<ActivationScale>.stride / MemoryLayout<Float>.stride
    }
  }
}

extension Linear {
  /// The rows of `x` in this map's format: read once and written once, or used as they are where the
  /// format is Float32.
  /// - Parameter x: `[..., inputs]`.
  package func input(_ x: Tensor, _ compute: Compute) -> ProductInput {
    guard format != .float32 else { return ProductInput(float32: x) }
    let result = ProductInput(x.shape, format, compute)
    result.convert(x, compute)
    return result
  }

  /// Adaptive layer normalisation (Peebles and Xie, "Scalable diffusion models with transformers",
  /// 2023), `norm(x)·(1 + scale) + shift`, straight into this map's format: `x` is read once from
  /// memory, and the result written once. All maps of one format and size can read it.
  /// - Parameters:
  ///   - x: `[..., inputs]`.
  ///   - shift, scale: `[inputs]`.
  package func input(
    normalizing x: Tensor, shift: Tensor, scale: Tensor, epsilon: Float, _ compute: Compute
  ) -> ProductInput {
    precondition(
      x.shape.last == scale.count && scale.count == shift.count,
      "\(x.shape) into a norm of size \(scale.count) with a shift of size \(shift.count)")
    let result = ProductInput(x.shape, format, compute)
    let (source, target) = (Rows(x), result.target)
    let (scales, shifts) = (Rows(scale), Rows(shift))
    compute.pool.forBlocks(of: result.rows, block: blockRows) { rows in
      target.layerNorm(
        source[rows.lowerBound], rows: rows, scale: scales.pointer, shift: shifts.pointer,
        scaleOffset: 1, epsilon: epsilon)
    }
    withExtendedLifetime((x, result, shift, scale)) {}
    return result
  }
}
