/// Reads the fields of a config by name and type, with defaults, and remembers which were asked
/// for, so that what nobody knows can be reported.
///
/// ```swift
/// var reader = try ConfigReader(opening: path)
/// width = try reader.field("width", in: 1...8192)
/// theta = try reader.field("rope_theta", default: 10_000)
/// ```
package struct ConfigReader: Sendable {
  /// The file, for messages.
  package let file: String
  /// The fields as they stand in the file.
  package let object: JSONObject

  /// The names of enclosing objects with a dot at the end, for messages.
  private let prefix: String
  private var known: Set<String> = []
  private var unknownInside: [String] = []

  /// Reads fields from an object that is there already.
  package init(_ object: JSONObject, file: String) {
    self.init(object, file: file, prefix: "")
  }

  private init(_ object: JSONObject, file: String, prefix: String) {
    self.object = object
    self.file = file
    self.prefix = prefix
  }

  /// Reads a file that holds one JSON object.
  ///
  /// - Throws: `CheckpointError.file`, `.json`; `.config` where it holds something else.
  package init(opening path: String) throws(CheckpointError) {
    let json = try JSONValue(file: path)
    guard let object = json.object else {
      throw .config(file: path, field: "", found: json.found, expected: "an object of fields")
    }
    self.init(object, file: path)
  }

  /// A field that must be there.
  ///
  /// - Throws: `CheckpointError.config` where it is missing or of another type.
  package mutating func field<Value: ConfigField>(
    _ name: String, as _: Value.Type = Value.self
  ) throws(CheckpointError) -> Value {
    known.insert(name)
    guard let json = object[name] else {
      throw error(name, found: "missing", expected: Value.expected)
    }
    guard let value = Value(config: json) else {
      throw error(name, found: json.found, expected: Value.expected)
    }
    return value
  }

  /// A field that may be missing or null, which both stand for the default.
  ///
  /// - Throws: `CheckpointError.config` where it is of another type.
  package mutating func field<Value: ConfigField>(
    _ name: String, default value: Value
  ) throws(CheckpointError) -> Value {
    isAbsent(name) ? value : try field(name)
  }

  /// A field that may be missing or null, which both give nil.
  ///
  /// - Throws: `CheckpointError.config` where it is of another type.
  package mutating func optionalField<Value: ConfigField>(
    _ name: String, as _: Value.Type = Value.self
  ) throws(CheckpointError) -> Value? {
    isAbsent(name) ? nil : try field(name)
  }

  /// A number that must be there and within a range.
  ///
  /// - Throws: `CheckpointError.config`.
  package mutating func field<Value: ConfigField & Comparable>(
    _ name: String, in range: ClosedRange<Value>
  ) throws(CheckpointError) -> Value {
    let value: Value = try field(name)
    guard range.contains(value) else {
      throw error(
        name, found: object[name]?.found ?? "missing",
        expected: "\(Value.expected) from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// A number within a range that may be missing or null, which both stand for the default.
  ///
  /// - Throws: `CheckpointError.config`.
  package mutating func field<Value: ConfigField & Comparable>(
    _ name: String, default value: Value, in range: ClosedRange<Value>
  ) throws(CheckpointError) -> Value {
    isAbsent(name) ? value : try field(name, in: range)
  }

  /// One of the words of an enumeration.
  ///
  /// - Throws: `CheckpointError.config` with the list of words.
  package mutating func choice<Value: RawRepresentable<String> & CaseIterable>(
    _ name: String, default value: Value? = nil
  ) throws(CheckpointError) -> Value {
    if let value, isAbsent(name) { return value }
    known.insert(name)
    guard let choice = object[name]?.string.flatMap(Value.init(rawValue:)) else {
      let words = Value.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
      throw error(name, found: object[name]?.found ?? "missing", expected: "one of \(words)")
    }
    return choice
  }

  /// An object inside this one, read by `body`; its unknown fields are reported with the others.
  ///
  /// - Returns: nil where the field is missing or null.
  /// - Throws: `CheckpointError.config`, and what `body` throws.
  package mutating func nested<Value>(
    _ name: String, _ body: (inout ConfigReader) throws(CheckpointError) -> Value
  ) throws(CheckpointError) -> Value? {
    if isAbsent(name) { return nil }
    guard let inner = object[name]?.object else {
      throw error(name, found: object[name]?.found ?? "missing", expected: "an object of fields")
    }
    var reader = ConfigReader(inner, file: file, prefix: "\(prefix)\(name).")
    let value = try body(&reader)
    unknownInside += reader.unknownFields
    return value
  }

  /// Marks fields as known without reading them.
  package mutating func ignore(_ names: String...) { known.formUnion(names) }

  /// The fields that nobody asked for, in their order, those of nested objects behind a dot. Names
  /// that begin with an underscore are diffusers' own notes (`_class_name`) and do not count.
  package var unknownFields: [String] {
    object.keys.filter { !known.contains($0) && !$0.hasPrefix("_") }.map { prefix + $0 }
      + unknownInside
  }

  /// An error about one field, for checks that only the caller can make.
  package func error(_ name: String, found: String, expected: String) -> CheckpointError {
    .config(file: file, field: prefix + name, found: found, expected: expected)
  }

  /// Notes the name as known, and tells whether a default stands for it.
  private mutating func isAbsent(_ name: String) -> Bool {
    known.insert(name)
    return object[name] == nil || object[name] == .null
  }
}
