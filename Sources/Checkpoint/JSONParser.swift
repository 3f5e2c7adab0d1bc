/// Where and why a text is not the JSON that was expected. Lines and columns count from one, columns
/// in Unicode scalars.
package struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The line, from one.
  package let line: Int
  /// The column in Unicode scalars, from one.
  package let column: Int
  /// What was found there, and what was expected.
  package let problem: String

  package var description: String { "line \(line), column \(column): \(problem)" }
}

extension JSONValue {
  /// Lists and objects inside one another, at most; deeper nesting would exhaust the stack.
  package static let depthLimit = 128

  /// Parses a whole document, strictly: RFC 8259 and nothing beside it, UTF-8 without byte order
  /// mark, no key twice in an object, nesting up to `depthLimit`, numbers within `Double`.
  ///
  /// - Throws: `JSONError` at the first fault.
  package init(parsing bytes: UnsafeRawBufferPointer) throws(JSONError) {
    var parser = JSONParser(bytes)
    self = try parser.document()
  }

  /// Parses a whole document from an array of bytes.
  package init(parsing bytes: [UInt8]) throws(JSONError) {
    let result = bytes.withUnsafeBytes { buffer -> Result<JSONValue, JSONError> in
      Result { () throws(JSONError) in try JSONValue(parsing: buffer) }
    }
    self = try result.get()
  }

  /// Parses a whole document from a text.
  package init(parsing text: String) throws(JSONError) { try self.init(parsing: Array(text.utf8)) }
}

/// Recursive descent over the bytes of one document.
private struct JSONParser {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0
  private var depth = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  mutating func document() throws(JSONError) -> JSONValue {
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) {
      throw error("a byte order mark, expected a value")
    }
    skipSpace()
    let value = try value()
    skipSpace()
    if position < bytes.count { throw error("\(next) after the end of the document") }
    return value
  }

  private var byte: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
  }

  private mutating func value() throws(JSONError) -> JSONValue {
    guard let byte else { throw error("\(next), expected a value") }
    switch byte {
    case UInt8(ascii: "{"): return try nested { (parser) throws(JSONError) in try parser.object() }
    case UInt8(ascii: "["): return try nested { (parser) throws(JSONError) in try parser.array() }
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: throw error("\(next), expected a value")
    }
  }

  private mutating func nested(
    _ body: (inout JSONParser) throws(JSONError) -> JSONValue
  ) throws(JSONError) -> JSONValue {
    if depth == JSONValue.depthLimit {
      throw error("more than \(JSONValue.depthLimit) lists and objects inside one another")
    }
    depth += 1
    position += 1
    skipSpace()
    let value = try body(&self)
    depth -= 1
    return value
  }

  private mutating func object() throws(JSONError) -> JSONValue {
    var object = JSONObject()
    if take("}") { return .object(object) }
    while true {
      let start = position
      guard byte == UInt8(ascii: "\"") else { throw error("\(next), expected a key in quotes") }
      let key = try string()
      if object.contains(key) { throw error("the key \(abbreviated(key)) twice", at: start) }
      skipSpace()
      guard take(":") else { throw error("\(next), expected a colon after the key") }
      skipSpace()
      object[key] = try value()
      skipSpace()
      if take("}") { return .object(object) }
      guard take(",") else { throw error("\(next), expected a comma or a closing brace") }
      skipSpace()
    }
  }

  private mutating func array() throws(JSONError) -> JSONValue {
    var values: [JSONValue] = []
    if take("]") { return .array(values) }
    while true {
      values.append(try value())
      skipSpace()
      if take("]") { return .array(values) }
      guard take(",") else { throw error("\(next), expected a comma or a closing bracket") }
      skipSpace()
    }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard byte == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func word(_ word: String, _ value: JSONValue) throws(JSONError) -> JSONValue {
    guard bytes[position...].starts(with: word.utf8) else {
      throw error("\(next), expected a value")
    }
    position += word.utf8.count
    return value
  }

  private mutating func number() throws(JSONError) -> JSONValue {
    let start = position
    let negative = take("-")
    let leadingZero = byte == UInt8(ascii: "0")
    let digits = skipDigits()
    if digits == 0 { throw error("\(next), expected a digit") }
    if leadingZero && digits > 1 { throw error("a number with a leading zero", at: start) }
    var whole = true
    if take(".") {
      whole = false
      if skipDigits() == 0 { throw error("\(next), expected a digit after the point") }
    }
    if take("e") || take("E") {
      whole = false
      if !take("+") { _ = take("-") }
      if skipDigits() == 0 { throw error("\(next), expected a digit in the exponent") }
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    // "-0" is the one whole number that an integer cannot hold.
    if whole && !(negative && leadingZero) {
      if let value = Int64(text) { return .integer(value) }
      if let value = UInt64(text) { return .unsigned(value) }
    }
    guard let value = Double(text), value.isFinite else {
      throw error("a number too large for 64-bit floating point", at: start)
    }
    return .number(value)
  }

  private mutating func skipDigits() -> Int {
    let start = position
    while let byte, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
    return position - start
  }

  private mutating func string() throws(JSONError) -> String {
    let opening = position
    position += 1
    // Most strings hold no escape: their bytes are taken as they are.
    let start = position
    while let byte, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 {
      position += 1
    }
    if byte == UInt8(ascii: "\"") {
      defer { position += 1 }
      return try text(bytes[start..<position], at: start)
    }
    var content = Array(bytes[start..<position])
    while true {
      guard let byte else { throw error("a string without a closing quote", at: opening) }
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        return try text(content, at: start)
      case UInt8(ascii: "\\"): content.append(contentsOf: String(try escape()).utf8)
      case 0..<0x20: throw error("\(next) inside a string, expected it escaped")
      default:
        content.append(byte)
        position += 1
      }
    }
  }

  private func text(_ bytes: some Collection<UInt8>, at start: Int) throws(JSONError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw error("a string that is not UTF-8", at: start)
    }
    return text
  }

  private mutating func escape() throws(JSONError) -> Unicode.Scalar {
    let start = position
    position += 1
    guard let kind = byte else { throw error("the end of the text inside an escape", at: start) }
    position += 1
    switch kind {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(kind)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): break
    default: throw error("an unknown escape", at: start)
    }
    let first = try hexadecimal(start)
    if let scalar = Unicode.Scalar(first) { return scalar }
    // What is no scalar is half of a surrogate pair (UTF-16).
    guard first < 0xdc00, take("\\"), take("u") else {
      throw error("half of a surrogate pair", at: start)
    }
    let second = try hexadecimal(start)
    guard (0xdc00...0xdfff).contains(second),
      let scalar = Unicode.Scalar(0x1_0000 + (first - 0xd800) << 10 + (second - 0xdc00))
    else { throw error("half of a surrogate pair", at: start) }
    return scalar
  }

  private mutating func hexadecimal(_ start: Int) throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw error("an escape without four hexadecimal digits", at: start)
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }

  /// What stands at the current position, in words.
  private var next: String {
    guard let byte else { return "the end of the text" }
    switch byte {
    case 0x20..<0x7f: return "'\(Unicode.Scalar(byte))'"
    case ..<0x10: return "the byte 0x0\(String(byte, radix: 16))"
    default: return "the byte 0x\(String(byte, radix: 16))"
    }
  }

  private func error(_ problem: String, at offset: Int? = nil) -> JSONError {
    var line = 1
    var column = 1
    for byte in bytes[..<min(offset ?? position, bytes.count)] {
      if byte == 0x0a {
        line += 1
        column = 1
      } else if byte & 0xc0 != 0x80 {  // the bytes that continue a scalar do not count
        column += 1
      }
    }
    return JSONError(line: line, column: column, problem: "found \(problem)")
  }
}
