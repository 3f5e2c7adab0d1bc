package import Files
package import Tensor

/// Collects tensors and writes them as a safetensors file, whole or not at all.
///
/// Equal input gives equal bytes: tensors are laid out by the size of their elements, largest first,
/// so that each is aligned, then by name; the header is padded with spaces to eight bytes.
package struct SafetensorsWriter {
  private enum Content {
    case tensor(Tensor)
    case integers([Int64])
  }
  private struct Item {
    let name: String
    let elementType: ElementType
    let shape: [Int]
    let content: Content
    var byteCount: Int { shape.reduce(elementType.byteCount, *) }
  }

  /// The element types that tensors are stored as.
  package enum Precision: Sendable {
    case f32
    /// Rounded to nearest, ties to even.
    case bf16
  }

  private let metadata: [String: String]
  private var items: [Item] = []

  /// - Parameter metadata: texts to put beside the tensors.
  package init(metadata: [String: String] = [:]) { self.metadata = metadata }

  /// Adds a tensor; its memory is read when the file is written. Names must be unique, and
  /// `__metadata__` is none.
  package mutating func add(_ name: String, _ tensor: Tensor, as precision: Precision = .f32) {
    add(
      Item(
        name: name, elementType: precision == .f32 ? .f32 : .bf16, shape: tensor.shape,
        content: .tensor(tensor)))
  }

  /// Adds whole numbers in row-major order, stored as `I64`.
  package mutating func add(_ name: String, _ values: [Int64], shape: [Int]) {
    precondition(shape.reduce(1, *) == values.count, "\(values.count) values for shape \(shape)")
    add(Item(name: name, elementType: .i64, shape: shape, content: .integers(values)))
  }

  private mutating func add(_ item: Item) {
    precondition(item.name != "__metadata__", "__metadata__ is no tensor's name")
    precondition(!items.contains { $0.name == item.name }, "two tensors \(item.name)")
    items.append(item)
  }

  /// Writes the file; what stood under the name stays until the new one is whole.
  ///
  /// - Throws: `FileError`.
  package func write(to path: String) throws(FileError) {
    let items = itemsInOrder
    let header = header(items)
    let file = try AtomicFile(path)
    try file.write((0..<8).map { UInt8(truncatingIfNeeded: header.count >> ($0 * 8)) })
    try file.write(header)
    for item in items {
      switch item.content {
      case .integers(let values): try file.write(littleEndianBytes(of: values))
      case .tensor(let tensor): try write(tensor, as: item.elementType, to: file)
      }
    }
    try file.commit()
  }

  /// The size of the file in bytes, for checks of the room on a disk.
  package var byteCount: Int {
    8 + header(itemsInOrder).count + items.reduce(0) { $0 + $1.byteCount }
  }

  /// Large elements first, then by name.
  private var itemsInOrder: [Item] {
    items.sorted { a, b in
      a.elementType.byteCount != b.elementType.byteCount
        ? a.elementType.byteCount > b.elementType.byteCount
        : a.name.utf8.lexicographicallyPrecedes(b.name.utf8)
    }
  }

  private func header(_ items: [Item]) -> [UInt8] {
    var header = JSONObject()
    if !metadata.isEmpty {
      var texts = JSONObject()
      for (key, value) in metadata { texts[key] = .string(value) }
      header["__metadata__"] = .object(texts)
    }
    var offset = 0
    for item in items {
      header[item.name] = [
        "dtype": .string(item.elementType.rawValue),
        "shape": .array(item.shape.map { JSONValue($0) }),
        "data_offsets": [JSONValue(offset), JSONValue(offset + item.byteCount)],
      ]
      offset += item.byteCount
    }
    let text = Array(JSONValue.object(header).encoded(sortedKeys: true).utf8)
    return text + [UInt8](repeating: 0x20, count: (8 - text.count % 8) % 8)
  }

  private func write(
    _ tensor: Tensor, as elementType: ElementType, to file: AtomicFile
  ) throws(FileError) {
    defer { withExtendedLifetime(tensor.storage) {} }
    let values = UnsafeBufferPointer(start: tensor.pointer, count: tensor.count)
    guard elementType == .bf16 else { return try file.write(UnsafeRawBufferPointer(values)) }
    // In pieces, so that no second copy of a large tensor is held.
    let piece = 1 << 16
    for start in stride(from: 0, to: values.count, by: piece) {
      let end = min(start + piece, values.count)
      try file.write(littleEndianBytes(of: values[start..<end].map(narrowToBFloat16)))
    }
  }
}

private func littleEndianBytes<Value: FixedWidthInteger>(of values: [Value]) -> [UInt8] {
  values.map(\.littleEndian).withUnsafeBytes { Array($0) }
}
