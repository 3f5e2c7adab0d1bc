package import Checkpoint
import Files

/// Values that come from elsewhere than the command line. Precedence: option, then environment,
/// then config file, then default; so they are applied in the opposite order.
package enum OptionLayer {
  /// Applies every variable `FLIPBOOK_…` that stands for an option. An empty one counts as unset.
  ///
  /// - Throws: `FlipbookError.option`, with the variable in the advice.
  package static func apply<Target>(
    environment: [String: String], _ options: [Option<Target>], to target: inout Target
  ) throws(FlipbookError) {
    let given = options.compactMap { option in
      environment[option.environmentName].flatMap { $0.isEmpty ? nil : (option, $0) }
    }
    try checkExclusions(given.map { ($0.0.name, $0.0.excludes) })
    for (option, text) in given {
      try set(option, text, &target, source: "set by \(option.environmentName)")
    }
  }

  /// Applies the keys of a JSON object, which are options' long names.
  ///
  /// - Parameter source: the file, and the line where there are several, for messages.
  /// - Throws: `FlipbookError.input` for an unknown key or a value that is no scalar, `.option` for
  ///   a value that the option cannot have.
  package static func apply<Target>(
    _ object: JSONObject, _ options: [Option<Target>], to target: inout Target, source: String
  ) throws(FlipbookError) {
    var given: [(Option<Target>, String)] = []
    for (key, value) in object.entries {
      guard let option = options.first(where: { $0.name == key }) else {
        let nearest = Suggestion.nearest(to: key, in: options.map(\.name))
        throw .input(
          name: source, problem: "unknown key '\(key)'",
          advice: nearest.map { "did you mean '\($0)'?" } ?? "keys are the options' long names")
      }
      guard let text = text(value) else {
        throw .input(
          name: source, problem: "'\(key)' is \(value.found), expected a string, number or bool")
      }
      given.append((option, text))
    }
    try checkExclusions(given.map { ($0.0.name, $0.0.excludes) })
    for (option, text) in given { try set(option, text, &target, source: "in \(source)") }
  }

  /// Reads a config file: one JSON object.
  ///
  /// - Throws: `FlipbookError.input` where it cannot be read or is no JSON object.
  package static func configuration(_ path: String) throws(FlipbookError) -> JSONObject {
    do {
      let bytes = try MappedFile(path).array()
      guard let object = try JSONValue(parsing: bytes).object else {
        throw FlipbookError.input(name: path, problem: "expected one JSON object")
      }
      return object
    } catch let error as FileError {
      throw .input(name: "--config", problem: error.description)
    } catch let error as JSONError {
      throw .input(name: path, problem: error.description)
    } catch let error as FlipbookError {
      throw error
    } catch {
      throw .input(name: path, problem: "\(error)")
    }
  }

  /// Refuses two options of one source that say the same in two ways.
  package static func checkExclusions(
    _ given: [(name: String, excludes: [String])]
  ) throws(FlipbookError) {
    let names = given.map(\.name)
    for (name, excludes) in given {
      if let other = excludes.first(where: names.contains) {
        throw .usage(
          problem: "--\(name) and --\(other) say the same thing in two ways",
          advice: "keep one of them")
      }
    }
  }

  /// A JSON scalar as the command line would write it.
  package static func text(_ value: JSONValue) -> String? {
    switch value {
    case .string(let text): text
    case .bool, .integer, .unsigned: value.encoded()
    // A whole number that somebody wrote as 20.0 is 20.
    case .number(let number): Int(exactly: number).map(String.init) ?? "\(number)"
    case .null, .array, .object: nil
    }
  }

  private static func set<Target>(
    _ option: Option<Target>, _ text: String, _ target: inout Target, source: String
  ) throws(FlipbookError) {
    do {
      try option.set(text, &target)
    } catch .option(let name, let found, let expected, let advice) {
      let place = advice.map { "\(source); \($0)" } ?? source
      throw .option(name: name, found: found, expected: expected, advice: place)
    }
  }
}
