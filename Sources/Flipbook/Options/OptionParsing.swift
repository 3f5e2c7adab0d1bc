/// Readers of option values. Each throws `FlipbookError.option` with the option's name, what was
/// found and what is allowed.
package enum OptionValue {
  /// A whole number within limits.
  package static func integer(
    _ text: String, _ name: String, in limits: ClosedRange<Int>
  ) throws(FlipbookError) -> Int {
    guard let value = Int(text), limits.contains(value) else {
      throw .option(
        name: name, found: text,
        expected: "a whole number, \(limits.lowerBound) to \(limits.upperBound)")
    }
    return value
  }

  /// A seed: any number of 64 bits.
  package static func seed(_ text: String, _ name: String) throws(FlipbookError) -> UInt64 {
    guard let value = UInt64(text) else {
      throw .option(name: name, found: text, expected: "a whole number, 0 to \(UInt64.max)")
    }
    return value
  }

  /// A finite number within limits.
  package static func number(
    _ text: String, _ name: String, in limits: ClosedRange<Double>
  ) throws(FlipbookError) -> Double {
    guard let value = decimal(text), limits.contains(value) else {
      throw .option(
        name: name, found: text,
        expected: "a number, \(limits.lowerBound) to \(limits.upperBound)")
    }
    return value
  }

  /// Two numbers `A,B` with A ≤ B, both within limits.
  package static func interval(
    _ text: String, _ name: String, in limits: ClosedRange<Double>
  ) throws(FlipbookError) -> ClosedRange<Double> {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map {
      decimal(String($0))
    }
    guard parts.count == 2, let lower = parts[0], let upper = parts[1], lower <= upper,
      limits.contains(lower), limits.contains(upper)
    else {
      throw .option(
        name: name, found: text,
        expected: "A,B with \(limits.lowerBound) ≤ A ≤ B ≤ \(limits.upperBound)")
    }
    return lower...upper
  }

  /// One of a closed list, with the nearest one suggested.
  package static func choice<Choice: RawRepresentable & CaseIterable>(
    _ text: String, _ name: String, of type: Choice.Type = Choice.self
  ) throws(FlipbookError) -> Choice where Choice.RawValue == String {
    guard let value = Choice(rawValue: text) else {
      let names = Choice.allCases.map(\.rawValue)
      throw .option(
        name: name, found: text, expected: names.joined(separator: ", "),
        advice: Suggestion.nearest(to: text, in: names).map { "did you mean '\($0)'?" })
    }
    return value
  }

  /// `WxH`; the size itself is checked too.
  package static func size(_ text: String, _ name: String) throws(FlipbookError) -> FrameSize {
    let parts = text.split(separator: "x", omittingEmptySubsequences: false)
    guard parts.count == 2, let width = Int(parts[0]), let height = Int(parts[1]) else {
      throw .option(
        name: name, found: text, expected: "WIDTHxHEIGHT in pixels, as in 128x128")
    }
    let size = FrameSize(width: width, height: height)
    try size.check()
    return size
  }

  /// Yes or no, as the environment and config files say it.
  package static func flag(_ text: String, _ name: String) throws(FlipbookError) -> Bool {
    switch text.lowercased() {
    case "true", "1", "yes", "on": return true
    case "false", "0", "no", "off", "": return false
    default: throw .option(name: name, found: text, expected: "true or false")
    }
  }

  /// A path, which must not be empty.
  package static func path(_ text: String, _ name: String) throws(FlipbookError) -> String {
    guard !text.isEmpty, !text.contains("\0") else {
      throw .option(name: name, found: text, expected: "a path")
    }
    return text
  }

  /// A path of a file of one format.
  package static func path(
    _ text: String, _ name: String, endingIn ending: String
  ) throws(FlipbookError) -> String {
    guard try path(text, name).lowercased().hasSuffix(ending) else {
      throw .option(name: name, found: text, expected: "a file that ends in \(ending)")
    }
    return text
  }

  /// A decimal number; unlike `Double("nan")` and `Double("0x1p3")`, only what a person writes.
  private static func decimal(_ text: String) -> Double? {
    guard text.allSatisfy({ $0.isASCII && ($0.isNumber || "+-.eE".contains($0)) }),
      let value = Double(text), value.isFinite
    else { return nil }
    return value
  }
}
