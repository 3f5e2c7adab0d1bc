package import Tensor

/// A tensor as it lies in a file: row-major, little-endian, aligned to nothing.
package struct RawTensor: @unchecked Sendable {
  /// What the bytes mean.
  package let elementType: ElementType
  /// The length of each axis, slowest first.
  package let shape: [Int]
  /// Read-only memory, valid while this value or a copy of it lives.
  package let bytes: UnsafeRawBufferPointer
  /// The mapping that the bytes lie in.
  private let owner: AnyObject

  init(elementType: ElementType, shape: [Int], bytes: UnsafeRawBufferPointer, owner: AnyObject) {
    self.elementType = elementType
    self.shape = shape
    self.bytes = bytes
    self.owner = owner
  }

  /// How many elements there are.
  package var count: Int { bytes.count / elementType.byteCount }

  /// Writes every element as Float32: F16 and BF16 exactly, F64 rounded to nearest.
  ///
  /// - Parameter destination: room for `count` elements.
  package func widen(into destination: UnsafeMutablePointer<Float>) {
    precondition(elementType.isFloatingPoint, "\(elementType.rawValue) is not widened to Float32")
    guard let source = bytes.baseAddress, count > 0 else { return }
    switch elementType {
    case .f32: UnsafeMutableRawPointer(destination).copyMemory(from: source, byteCount: bytes.count)
    case .bf16: convert(source, destination) { (bits: UInt16) in widenBFloat16(bits) }
    case .f16: convert(source, destination) { (bits: UInt16) in widenFloat16(bits) }
    default: convert(source, destination) { (value: Double) in Float(value) }
    }
    withExtendedLifetime(owner) {}
  }

  /// The elements where they are BF16 (an empty tensor has no address), else nil.
  package var bfloat16: BFloat16Values? {
    guard elementType == .bf16, let base = bytes.baseAddress else { return nil }
    return BFloat16Values(base, count: count, owner: owner)
  }

  /// Every element as an `Int`, false and true as 0 and 1; nil for floating-point types and where
  /// an unsigned number is too large.
  package func integers() -> [Int]? {
    defer { withExtendedLifetime(owner) {} }
    switch elementType {
    case .i64: return exact(Int64.self)
    case .i32: return exact(Int32.self)
    case .i16: return exact(Int16.self)
    case .i8: return exact(Int8.self)
    case .u64: return exact(UInt64.self)
    case .u32: return exact(UInt32.self)
    case .u16: return exact(UInt16.self)
    case .u8, .bool: return exact(UInt8.self)
    case .f64, .f32, .f16, .bf16: return nil
    }
  }

  @inline(__always)
  private func convert<Source: BitwiseCopyable>(
    _ source: UnsafeRawPointer, _ destination: UnsafeMutablePointer<Float>,
    _ body: (Source) -> Float
  ) {
    let stride = MemoryLayout<Source>.stride
    for index in 0..<count {
      destination[index] = body(
        source.loadUnaligned(fromByteOffset: index * stride, as: Source.self))
    }
  }

  private func exact<Source: FixedWidthInteger & BitwiseCopyable>(_: Source.Type) -> [Int]? {
    var values: [Int] = []
    values.reserveCapacity(count)
    for index in 0..<count {
      let value = bytes.loadUnaligned(
        fromByteOffset: index * MemoryLayout<Source>.stride, as: Source.self)
      guard let exact = Int(exactly: Source(littleEndian: value)) else { return nil }
      values.append(exact)
    }
    return values
  }
}
