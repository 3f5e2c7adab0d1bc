/// A type that a config's field can have.
package protocol ConfigField: Sendable {
  /// The value, or nil where the JSON is of another type.
  init?(config json: JSONValue)
  /// The type in words, for messages: `a whole number`.
  static var expected: String { get }
}

extension Int: ConfigField {
  package init?(config json: JSONValue) {
    guard let value = json.int else { return nil }
    self = value
  }
  package static var expected: String { "a whole number" }
}

extension Double: ConfigField {
  package init?(config json: JSONValue) {
    guard let value = json.double else { return nil }
    self = value
  }
  package static var expected: String { "a number" }
}

extension Float: ConfigField {
  package init?(config json: JSONValue) {
    guard let value = json.double.map(Float.init), value.isFinite else { return nil }
    self = value
  }
  package static var expected: String { "a number that 32-bit floating point can hold" }
}

extension Bool: ConfigField {
  package init?(config json: JSONValue) {
    guard let value = json.bool else { return nil }
    self = value
  }
  package static var expected: String { "true or false" }
}

extension String: ConfigField {
  package init?(config json: JSONValue) {
    guard let value = json.string else { return nil }
    self = value
  }
  package static var expected: String { "a string" }
}

extension Array: ConfigField where Element: ConfigField {
  package init?(config json: JSONValue) {
    guard let elements = json.array else { return nil }
    self = []
    for element in elements {
      guard let value = Element(config: element) else { return nil }
      append(value)
    }
  }
  package static var expected: String { "a list, each element \(Element.expected)" }
}
