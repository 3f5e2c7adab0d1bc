extension JSONValue {
  /// The document as text, the same for equal input: keys in their order, the shortest digits that
  /// read back as the same number, no escapes but the ones that JSON demands.
  ///
  /// Infinities and NaN, which JSON does not know, become `null`, as in JavaScript.
  ///
  /// - Parameters:
  ///   - indented: one value a line, two spaces a level, instead of one line.
  ///   - sortedKeys: keys by their bytes instead of in the object's order.
  package func encoded(indented: Bool = false, sortedKeys: Bool = false) -> String {
    var encoder = JSONEncoder(indented: indented, sortedKeys: sortedKeys)
    encoder.append(self, level: 0)
    return String(decoding: encoder.output, as: UTF8.self)
  }
}

private struct JSONEncoder {
  let indented: Bool
  let sortedKeys: Bool
  var output: [UInt8] = []

  init(indented: Bool, sortedKeys: Bool) {
    self.indented = indented
    self.sortedKeys = sortedKeys
  }

  mutating func append(_ value: JSONValue, level: Int) {
    switch value {
    case .null: append("null")
    case .bool(let value): append(value ? "true" : "false")
    case .integer(let value): append(String(value))
    case .unsigned(let value): append(String(value))
    case .number(let value): append(value.isFinite ? value.description : "null")
    case .string(let value): appendString(value)
    case .array(let values):
      appendGroup("[", values, "]", level: level) { encoder, value in
        encoder.append(value, level: level + 1)
      }
    case .object(let object):
      let entries =
        sortedKeys
        ? object.entries.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        : object.entries
      appendGroup("{", entries, "}", level: level) { encoder, entry in
        encoder.appendString(entry.key)
        encoder.append(encoder.indented ? ": " : ":")
        encoder.append(entry.value, level: level + 1)
      }
    }
  }

  private mutating func append(_ text: String) { output.append(contentsOf: text.utf8) }

  private mutating func appendGroup<Element>(
    _ opening: String, _ elements: [Element], _ closing: String, level: Int,
    _ appendElement: (inout JSONEncoder, Element) -> Void
  ) {
    append(opening)
    for (index, element) in elements.enumerated() {
      if index > 0 { append(",") }
      appendLineBreak(level + 1)
      appendElement(&self, element)
    }
    if !elements.isEmpty { appendLineBreak(level) }
    append(closing)
  }

  private mutating func appendLineBreak(_ level: Int) {
    guard indented else { return }
    append("\n" + String(repeating: "  ", count: level))
  }

  private mutating func appendString(_ text: String) {
    output.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): append("\\\"")
      case UInt8(ascii: "\\"): append("\\\\")
      case UInt8(ascii: "\n"): append("\\n")
      case UInt8(ascii: "\r"): append("\\r")
      case UInt8(ascii: "\t"): append("\\t")
      case 0..<0x20: append("\\u00" + (byte < 16 ? "0" : "") + String(byte, radix: 16))
      default: output.append(byte)
      }
    }
    output.append(UInt8(ascii: "\""))
  }
}
