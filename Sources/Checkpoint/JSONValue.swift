/// A JSON document (RFC 8259) as a value.
///
/// Integers are exact from `Int64.min` to `UInt64.max`; every other number is a `Double`.
package indirect enum JSONValue: Equatable, Sendable {
  case null
  case bool(Bool)
  /// A number without fraction and exponent that fits in 64 signed bits.
  case integer(Int64)
  /// A number without fraction and exponent above `Int64.max`, such as a seed.
  case unsigned(UInt64)
  /// Every other number, finite.
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)

  /// An exact integer from any Swift integer of at most 64 bits.
  package init(_ value: some BinaryInteger) {
    if let small = Int64(exactly: value) {
      self = .integer(small)
    } else {
      self = .unsigned(UInt64(value))
    }
  }

  /// The type in words, for messages: `the number 3`, `a list`, `null`.
  package var found: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .integer, .unsigned, .number: "the number \(encoded())"
    case .string(let value): "the string \(abbreviated(value))"
    case .array(let values): "a list of \(values.count)"
    case .object: "an object"
    }
  }

  /// The value as an `Int`, where it is one exactly.
  package var int: Int? {
    switch self {
    case .integer(let value): Int(exactly: value)
    case .unsigned(let value): Int(exactly: value)
    default: nil
    }
  }

  /// The value as an unsigned integer, where it is one exactly.
  package var uint64: UInt64? {
    switch self {
    case .integer(let value): UInt64(exactly: value)
    case .unsigned(let value): value
    default: nil
    }
  }

  /// The value as a `Double`; integers are rounded to the nearest.
  package var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .unsigned(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// The string, where it is one.
  package var string: String? {
    if case .string(let value) = self { value } else { nil }
  }

  /// The truth value, where it is one.
  package var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The elements, where it is a list.
  package var array: [JSONValue]? {
    if case .array(let value) = self { value } else { nil }
  }

  /// The object, where it is one.
  package var object: JSONObject? {
    if case .object(let value) = self { value } else { nil }
  }

  /// The value of a key, where it is an object that has it.
  package subscript(key: String) -> JSONValue? { object?[key] }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
  package init(stringLiteral value: String) { self = .string(value) }
  package init(integerLiteral value: Int64) { self = .integer(value) }
  package init(floatLiteral value: Double) { self = .number(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  package init(nilLiteral: ()) { self = .null }
  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    var object = JSONObject()
    for (key, value) in elements { object[key] = value }
    self = .object(object)
  }
}

/// A JSON object that keeps the order in which its keys came; equality does not look at the order.
///
/// Keys are told apart by their bytes: Swift's own `==` takes a composed and a decomposed "é" for
/// the same string, and vocabularies hold both.
package struct JSONObject: Sendable {
  private struct Key: Hashable {
    let text: String
    static func == (a: Key, b: Key) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }
    func hash(into hasher: inout Hasher) {
      var text = text
      text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
  }

  /// Keys and values in their order.
  package private(set) var entries: [(key: String, value: JSONValue)] = []
  private var positions: [Key: Int] = [:]

  /// An object without keys.
  package init() {}

  /// How many keys there are.
  package var count: Int { entries.count }
  /// True where there are none.
  package var isEmpty: Bool { entries.isEmpty }
  /// The keys in their order.
  package var keys: [String] { entries.map(\.key) }

  /// Whether the object has a key.
  package func contains(_ key: String) -> Bool { positions[Key(text: key)] != nil }

  /// The value of a key. Setting a new key appends it; setting nil removes the key.
  package subscript(key: String) -> JSONValue? {
    get { positions[Key(text: key)].map { entries[$0].value } }
    set {
      let exact = Key(text: key)
      switch (positions[exact], newValue) {
      case (let position?, let value?):
        entries[position].value = value
      case (nil, let value?):
        positions[exact] = entries.count
        entries.append((key, value))
      case (let position?, nil):
        entries.remove(at: position)
        positions[exact] = nil
        for index in position..<entries.count {
          positions[Key(text: entries[index].key)] = index
        }
      case (nil, nil): break
      }
    }
  }
}

extension JSONObject: Equatable {
  package static func == (a: JSONObject, b: JSONObject) -> Bool {
    a.count == b.count && a.entries.allSatisfy { b[$0.key] == $0.value }
  }
}

/// A string in quotes, cut to a length that a message can hold.
func abbreviated(_ text: String) -> String {
  let scalars = text.unicodeScalars
  let start = String(String.UnicodeScalarView(scalars.prefix(60)))
  return JSONValue.string(scalars.count > 60 ? start + "…" : start).encoded()
}
