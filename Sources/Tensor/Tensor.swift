/// A dense row-major array of Float32: a shape, and a view into a `Storage`.
///
/// Copying the value copies no data: both copies look into the same memory.
package struct Tensor: @unchecked Sendable {
  /// The length of each axis, slowest first; `[]` is a single number.
  package let shape: [Int]
  /// How many elements the shape has.
  package let count: Int
  /// The memory that this tensor looks into.
  package let storage: Storage

  private let byteOffset: Int

  /// The first element; the rest follow without gaps. Valid while the tensor lives.
  package var pointer: UnsafeMutablePointer<Float> {
    (storage.base + byteOffset).assumingMemoryBound(to: Float.self)
  }

  /// Zeros, in memory of their own.
  /// - Throws: `TensorError.outOfMemory` or `.unaddressableShape`.
  package init(_ shape: [Int]) throws(TensorError) {
    let count = try Tensor.elementCount(of: shape)
    let bytes = count * MemoryLayout<Float>.stride
    self.init(
      shape: shape, count: count,
      storage: try Storage(byteCount: bytes, purpose: "a tensor of shape \(shape)"), byteOffset: 0)
  }

  /// The given values in row-major order, copied into memory of their own.
  /// - Throws: `TensorError.valueCount` where they do not fill the shape exactly, and what
  ///   `init(_:)` throws.
  package init(_ values: [Float], shape: [Int]) throws(TensorError) {
    let count = try Tensor.elementCount(of: shape)
    guard values.count == count else {
      throw .valueCount(shape: shape, found: values.count, expected: count)
    }
    try self.init(shape)
    let destination = pointer
    values.withUnsafeBufferPointer { source in
      if let start = source.baseAddress { destination.update(from: start, count: count) }
    }
  }

  /// A view into memory that is there already.
  /// - Parameter byteOffset: where the first element lies; a multiple of four.
  package init(_ shape: [Int], in storage: Storage, byteOffset: Int) throws(TensorError) {
    let count = try Tensor.elementCount(of: shape)
    let bytes = count * MemoryLayout<Float>.stride
    precondition(
      byteOffset >= 0 && byteOffset % MemoryLayout<Float>.alignment == 0
        && byteOffset <= storage.byteCount && bytes <= storage.byteCount - byteOffset,
      "a view of shape \(shape) at byte \(byteOffset) leaves its storage")
    self.init(shape: shape, count: count, storage: storage, byteOffset: byteOffset)
  }

  private init(shape: [Int], count: Int, storage: Storage, byteOffset: Int) {
    self.shape = shape
    self.count = count
    self.storage = storage
    self.byteOffset = byteOffset
  }

  /// How many elements a shape has, or why it cannot be.
  package static func elementCount(of shape: [Int]) throws(TensorError) -> Int {
    var count = 1
    for length in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: length)
      guard length >= 0, !overflow, product <= Int.max / (4 * MemoryLayout<Float>.stride) else {
        throw .unaddressableShape(shape)
      }
      count = product
    }
    return count
  }
}

// MARK: - Views

extension Tensor {
  /// The same memory under another shape of as many elements.
  package func reshaped(_ shape: [Int]) -> Tensor {
    precondition(
      shape.reduce(1, *) == count, "\(self.shape) cannot be reshaped to \(shape)")
    return Tensor(shape: shape, count: count, storage: storage, byteOffset: byteOffset)
  }

  /// A slice of the leading axis; the same memory.
  package subscript(range: Range<Int>) -> Tensor {
    precondition(
      !shape.isEmpty && range.lowerBound >= 0 && range.upperBound <= shape[0],
      "rows \(range) of a tensor of shape \(shape)")
    let row = shape.dropFirst().reduce(1, *)
    return Tensor(
      shape: [range.count] + shape.dropFirst(), count: range.count * row, storage: storage,
      byteOffset: byteOffset + range.lowerBound * row * MemoryLayout<Float>.stride)
  }
}

// MARK: - Values

extension Tensor {
  /// The elements in row-major order, copied.
  package func array() -> [Float] {
    let values = [Float](UnsafeBufferPointer(start: pointer, count: count))
    // The pointer does not keep the memory alive by itself.
    withExtendedLifetime(storage) {}
    return values
  }

  /// Overwrites the elements with those of `source`, which has as many in whatever shape.
  package func copy(from source: Tensor) {
    precondition(count == source.count, "\(source.shape) copied into \(shape)")
    pointer.update(from: source.pointer, count: count)
    withExtendedLifetime((storage, source.storage)) {}
  }

  /// Overwrites every element with `value`.
  package func fill(_ value: Float) {
    pointer.update(repeating: value, count: count)
    withExtendedLifetime(storage) {}
  }
}
