/// One tensor of a safetensors file: its name, its element type, its shape and where its bytes lie.
package struct SafetensorsEntry: Equatable, Sendable {
  /// The whole key, `blocks.1.attn.to_q.bias`.
  package let name: String
  /// The type that its numbers are stored in.
  package let elementType: ElementType
  /// The length of each axis, slowest first.
  package let shape: [Int]
  /// Bytes from the start of the data section.
  package let byteRange: Range<Int>

  /// How many elements the shape has.
  package var count: Int { byteRange.count / elementType.byteCount }
}

/// The header of a safetensors file: eight bytes of length, little-endian, then that many bytes of
/// JSON; the data follows without a gap to the end of the file.
///
/// Format: https://github.com/huggingface/safetensors#format. Everything that the format forbids is
/// refused: what passes here can be read without another check.
package struct SafetensorsHeader: Equatable, Sendable {
  /// The largest header in bytes, as in the reference implementation.
  package static let byteLimit = 100_000_000

  /// The tensors in the order of their bytes.
  package let entries: [SafetensorsEntry]
  /// Texts that the writer put beside them, under `__metadata__`.
  package let metadata: [String: String]
  /// Where the data section begins in the file.
  package let dataOffset: Int

  /// Parses the header of a whole file.
  ///
  /// - Parameter path: for messages.
  /// - Throws: `CheckpointError.notWeights`, `.damaged`.
  package init(parsing file: UnsafeRawBufferPointer, path: String) throws(CheckpointError) {
    func damaged(_ problem: String) -> CheckpointError { .damaged(path: path, problem: problem) }
    func unlessRecognized(_ problem: String) -> CheckpointError {
      recognizedImpostor(file).map { .notWeights(path: path, found: $0) } ?? damaged(problem)
    }

    guard file.count >= 8 else {
      throw unlessRecognized("it has \(file.count) bytes, a header alone takes more than 8")
    }
    let length = UInt64(littleEndian: file.loadUnaligned(as: UInt64.self))
    guard length <= UInt64(Self.byteLimit) else {
      throw unlessRecognized(
        "its header would take \(length) bytes, at most \(Self.byteLimit) are allowed")
    }
    let dataOffset = 8 + Int(length)
    guard dataOffset <= file.count else {
      throw unlessRecognized(
        "its header would take \(length) bytes, the file ends after \(file.count - 8)")
    }
    let text = UnsafeRawBufferPointer(rebasing: file[8..<dataOffset])
    guard text.first == UInt8(ascii: "{") else {
      throw unlessRecognized("its header does not begin with a brace")
    }

    let json: JSONValue
    do { json = try JSONValue(parsing: text) } catch {
      throw damaged("in its header, \(error)")
    }
    var metadata: [String: String] = [:]
    var entries: [SafetensorsEntry] = []
    for (name, value) in json.object?.entries ?? [] {
      if name == "__metadata__" {
        guard let texts = value.object else {
          throw damaged("__metadata__ is \(value.found), expected an object")
        }
        for (key, value) in texts.entries {
          guard let text = value.string else {
            throw damaged("__metadata__ holds \(value.found) for \(key), expected a string")
          }
          metadata[key] = text
        }
      } else {
        do { entries.append(try SafetensorsEntry(name, value)) } catch {
          throw damaged("the tensor \(abbreviated(name)) \(error.problem)")
        }
      }
    }
    entries.sort {
      ($0.byteRange.lowerBound, $0.byteRange.upperBound)
        < ($1.byteRange.lowerBound, $1.byteRange.upperBound)
    }
    if let problem = layoutProblem(entries, dataByteCount: file.count - dataOffset) {
      throw damaged(problem)
    }
    self.entries = entries
    self.metadata = metadata
    self.dataOffset = dataOffset
  }
}

/// Why one entry of a header is refused; the tensor's name stands before it.
private struct EntryProblem: Error { let problem: String }

extension SafetensorsEntry {
  fileprivate init(_ name: String, _ value: JSONValue) throws(EntryProblem) {
    func refused(_ problem: String) -> EntryProblem { EntryProblem(problem: problem) }

    guard let fields = value.object else { throw refused("is \(value.found), expected an object") }
    for key in fields.keys where !["dtype", "shape", "data_offsets"].contains(key) {
      throw refused("has the unknown field \(abbreviated(key))")
    }
    guard let typeName = fields["dtype"]?.string else {
      throw refused("has no \"dtype\" in words")
    }
    guard let elementType = ElementType(rawValue: typeName) else {
      let known = ElementType.allCases.map(\.rawValue).joined(separator: ", ")
      throw refused("has the element type \(abbreviated(typeName)), known are \(known)")
    }
    guard let shape = fields["shape"]?.nonNegativeIntegers else {
      throw refused("has no \"shape\" of whole numbers from zero up")
    }
    guard let offsets = fields["data_offsets"]?.nonNegativeIntegers, offsets.count == 2 else {
      throw refused("has no \"data_offsets\" of two whole numbers from zero up")
    }
    guard offsets[0] <= offsets[1] else { throw refused("ends before it begins: \(offsets)") }
    guard let byteCount = checkedProduct(shape + [elementType.byteCount]) else {
      throw refused("has a shape that no memory can hold: \(shape)")
    }
    guard byteCount == offsets[1] - offsets[0] else {
      throw refused(
        "takes \(offsets[1] - offsets[0]) bytes, \(typeName) of shape \(shape) takes \(byteCount)")
    }
    self.name = name
    self.elementType = elementType
    self.shape = shape
    self.byteRange = offsets[0]..<offsets[1]
  }
}

extension JSONValue {
  /// A list of whole numbers, none below zero; nil for anything else.
  fileprivate var nonNegativeIntegers: [Int]? {
    guard let array else { return nil }
    var numbers: [Int] = []
    for value in array {
      guard let number = value.int, number >= 0 else { return nil }
      numbers.append(number)
    }
    return numbers
  }
}

/// The product, or nil where 64 bits cannot hold it. A zero anywhere does not excuse the others.
private func checkedProduct(_ factors: [Int]) -> Int? {
  var nonZero = 1
  for factor in factors where factor != 0 {
    let (next, overflow) = nonZero.multipliedReportingOverflow(by: factor)
    if overflow { return nil }
    nonZero = next
  }
  return factors.contains(0) ? 0 : nonZero
}

/// Why sorted entries do not fill the data section without holes and overlaps; nil where they do.
private func layoutProblem(_ entries: [SafetensorsEntry], dataByteCount: Int) -> String? {
  var end = 0
  for entry in entries {
    let start = entry.byteRange.lowerBound
    if start < end {
      return "the tensor \(abbreviated(entry.name)) overlaps the one before it "
        + "(it begins at byte \(start), the other ends at \(end))"
    }
    if start > end {
      return "\(start - end) bytes before the tensor \(abbreviated(entry.name)) belong to none"
    }
    end = entry.byteRange.upperBound
  }
  if end > dataByteCount {
    return "it is cut short: its tensors take \(end) bytes, \(dataByteCount) are there"
  }
  if end < dataByteCount { return "\(dataByteCount - end) bytes follow after the last tensor" }
  return nil
}
