import Files
package import Tensor

/// A safetensors file, mapped into memory. Opening reads the header alone; a tensor's pages come
/// from the disk when it is read.
///
/// Copies share the mapping and the record of the keys that were read.
package struct Safetensors: WeightSource {
  /// The path as it was given.
  package let path: String
  /// What the file says about its tensors.
  package let header: SafetensorsHeader

  private let file: MappedFile
  private let positions: [String: Int]
  private let log = ReadLog()

  /// Opens and checks a file.
  ///
  /// - Throws: `CheckpointError.file`, `.notWeights`, `.damaged`.
  package init(opening path: String) throws(CheckpointError) {
    do { file = try MappedFile(path) } catch { throw .file(error) }
    self.path = path
    header = try SafetensorsHeader(parsing: file.bytes, path: path)
    var positions: [String: Int] = [:]
    for (position, entry) in header.entries.enumerated() {
      // Strings compare by canonical equivalence: two spellings of one accent are one key here.
      guard positions.updateValue(position, forKey: entry.name) == nil else {
        throw .damaged(path: path, problem: "the tensor \(abbreviated(entry.name)) twice")
      }
    }
    self.positions = positions
  }

  /// The tensors in the order of their bytes.
  package var entries: [SafetensorsEntry] { header.entries }
  /// The names of the tensors in the order of their bytes.
  package var keys: [String] { entries.map(\.name) }
  /// Texts that the writer put beside the tensors.
  package var metadata: [String: String] { header.metadata }
  /// Names that nobody has read yet, in the order of their bytes.
  package var unreadKeys: [String] { log.unread(of: keys) }

  /// Whether the file holds a tensor of this name.
  package func contains(_ key: String) -> Bool { positions[key] != nil }

  /// What the header says about a tensor.
  package func entry(_ key: String) -> SafetensorsEntry? {
    positions[key].map { header.entries[$0] }
  }

  /// Gives the memory back that reading a tensor took; it can be read again.
  package func discard(_ key: String) {
    guard let entry = entry(key) else { return }
    let start = header.dataOffset + entry.byteRange.lowerBound
    file.discard(start..<start + entry.byteRange.count)
  }

  /// A tensor of floating-point numbers, copied and widened to Float32.
  ///
  /// - Throws: `WeightError` where it is missing, has another shape or holds no floating-point
  ///   numbers; `TensorError` where memory is short.
  package func tensor(_ key: String, shape: [Int]) throws -> Tensor {
    let raw = try rawTensor(key, shape: shape)
    guard raw.elementType.isFloatingPoint else {
      throw WeightError.dataType(key: key, found: raw.elementType.rawValue)
    }
    let tensor = try Tensor(raw.shape)
    raw.widen(into: tensor.pointer)
    return tensor
  }

  /// A tensor of bfloat16 as it lies in the file; `nil` where it is of another type.
  ///
  /// - Throws: `WeightError.missing`, `.shape`.
  package func bfloat16(_ key: String, shape: [Int]) throws -> BFloat16Values? {
    guard entry(key)?.elementType ?? .bf16 == .bf16 else { return nil }
    return try rawTensor(key, shape: shape).bfloat16
  }

  /// A tensor of floating-point numbers in the shape that the file gives it.
  package func tensor(_ key: String) throws -> Tensor {
    try tensor(key, shape: entry(key)?.shape ?? [])
  }

  /// A tensor of whole numbers (`I64`, `I32`, `I16`, `I8`, `U8`, `BOOL`, …) in row-major order.
  ///
  /// - Throws: `WeightError` where it is missing or holds no whole numbers, or one above `Int.max`.
  package func integers(_ key: String) throws(WeightError) -> (shape: [Int], values: [Int]) {
    let raw = try rawTensor(key, shape: nil)
    guard let values = raw.integers() else {
      throw .dataType(key: key, found: raw.elementType.rawValue)
    }
    return (raw.shape, values)
  }

  /// A tensor's bytes as they lie in the file, for code that packs them itself.
  ///
  /// - Parameter shape: what it must be; nil takes any.
  /// - Throws: `WeightError.missing`, `.shape`.
  package func rawTensor(_ key: String, shape: [Int]? = nil) throws(WeightError) -> RawTensor {
    guard let entry = entry(key) else { throw .missing(key: key, expected: shape ?? []) }
    if let shape, entry.shape != shape {
      throw .shape(key: key, found: entry.shape, expected: shape)
    }
    log.note(key)
    let start = header.dataOffset + entry.byteRange.lowerBound
    let bytes = UnsafeRawBufferPointer(
      rebasing: file.bytes[start..<start + entry.byteRange.count])
    return RawTensor(
      elementType: entry.elementType, shape: entry.shape, bytes: bytes, owner: file)
  }
}
