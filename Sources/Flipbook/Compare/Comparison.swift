import Foundation

/// Variations of one request, to be seen side by side in one video.
///
/// Written `seed=1,seed=2`, with a label `few=steps:8,many=steps:24`, and with several options in a
/// variation `A=solver:heun+steps:12,B=solver:euler+steps:24`.
public struct Comparison: Sendable, Equatable {
  /// One clip of the comparison.
  public struct Variant: Sendable, Equatable {
    /// What stands above the clip.
    public let label: String
    /// Long names of options, and values as the command line takes them.
    public let settings: [Setting]
  }

  /// An option that a variation sets.
  public struct Setting: Sendable, Equatable {
    /// Its long name.
    public let name: String
    /// As the command line takes it.
    public let value: String
  }

  /// How many clips one picture can hold.
  public static let counts = 2...6
  /// The clips that are ready wait in memory for the last one: so many bytes of pixels at most.
  static let keptByteLimit = 1 << 30

  /// The clips, from left to right.
  public let variants: [Variant]
  /// As it was written.
  public let text: String

  /// The options that may differ: those that decide what a clip shows, but for its size and length.
  package static let options = GenerationRequest.options.filter { option in
    option.get != nil && !["size", "frames", "fps", "watermark", "compare"].contains(option.name)
  }

  /// Reads what `--compare` says.
  ///
  /// - Throws: `FlipbookError.option`.
  public init(parsing text: String) throws(FlipbookError) {
    var variants: [Variant] = []
    for part in Self.split(text, at: ",") { variants.append(try Self.variant(part)) }
    guard Self.counts.contains(variants.count) else {
      throw Self.error(
        text,
        "\(Self.counts.lowerBound) to \(Self.counts.upperBound) variations, as in "
          + "seed=1,seed=2 or few=steps:8,many=steps:24")
    }
    for (index, variant) in variants.enumerated()
    where variants[..<index].contains(where: { $0.label == variant.label }) {
      throw Self.error(text, "labels that differ: there are two '\(variant.label)'")
    }
    self.variants = variants
    self.text = text
  }

  /// The requests of the variations: each is the base with its own settings, and writes no file.
  ///
  /// - Throws: `FlipbookError.option` where a value has become impossible.
  func requests(_ base: GenerationRequest) throws(FlipbookError) -> [GenerationRequest] {
    var requests: [GenerationRequest] = []
    for variant in variants {
      var request = base
      request.comparison = nil
      for path in GenerationRequest.files { request[keyPath: path] = nil }
      for setting in variant.settings { try Self.apply(setting, to: &request) }
      requests.append(request)
    }
    return requests
  }

  // MARK: parsing

  /// `LABEL=option:value+option:value`, or `option=value`.
  private static func variant(_ text: String) throws(FlipbookError) -> Variant {
    let names = GenerationRequest.options.map(\.name)
    var label: String?
    var rest = text
    // What stands before the first sign is an option, or else a label.
    if let sign = text.firstIndex(where: { "=:".contains($0) }), text[sign] == "=",
      !names.contains(String(text[..<sign]))
    {
      label = text[..<sign].trimmingCharacters(in: .whitespaces)
      rest = String(text[text.index(after: sign)...])
      guard label?.isEmpty == false else { throw error(text, "a label before '='") }
      guard rest.contains(where: { "=:".contains($0) }) else {
        let nearest = label.flatMap { Suggestion.nearest(to: $0, in: options.map(\.name)) }
        throw error(
          text, "LABEL=option:value or option=value",
          nearest.map { "did you mean '\($0)=\(rest)'?" })
      }
    }
    var settings: [Setting] = []
    for part in split(rest, at: "+") { settings.append(try setting(part)) }
    guard !settings.isEmpty else { throw error(text, "option=value") }
    return Variant(
      label: label ?? settings.map { "\($0.name) \($0.value)" }.joined(separator: ", "),
      settings: settings)
  }

  private static func setting(_ text: String) throws(FlipbookError) -> Setting {
    guard let sign = text.firstIndex(where: { "=:".contains($0) }) else {
      throw error(text, "option=value")
    }
    let setting = Setting(
      name: text[..<sign].trimmingCharacters(in: .whitespaces),
      value: text[text.index(after: sign)...].trimmingCharacters(in: .whitespaces))
    guard options.contains(where: { $0.name == setting.name }) else {
      let names = options.map(\.name)
      let isShared = GenerationRequest.options.contains { $0.name == setting.name }
      throw error(
        text, "one of \(names.joined(separator: ", "))",
        isShared
          ? "--\(setting.name) is the same for all clips of a comparison"
          : Suggestion.nearest(to: setting.name, in: names).map { "did you mean '\($0)'?" })
    }
    var scratch = GenerationRequest(prompt: "")
    try apply(setting, to: &scratch)
    return setting
  }

  private static func apply(
    _ setting: Setting, to request: inout GenerationRequest
  ) throws(FlipbookError) {
    guard let option = options.first(where: { $0.name == setting.name }) else { return }
    do {
      try option.set(setting.value, &request)
    } catch .option(_, let found, let expected, let advice) {
      throw error("\(setting.name) \(found)", expected, advice)
    }
  }

  /// The parts between separators. A part without a name belongs to the value before it:
  /// `guidance-interval=0.2,0.8` has two parts and is one setting.
  private static func split(_ text: String, at separator: Character) -> [String] {
    var parts: [String] = []
    for part in text.split(separator: separator, omittingEmptySubsequences: false) {
      let first = part.prefix { $0 != "+" }
      if !first.contains(where: { "=:".contains($0) }), let last = parts.popLast() {
        parts.append("\(last)\(separator)\(part)")
      } else {
        parts.append(part.trimmingCharacters(in: .whitespaces))
      }
    }
    return parts
  }

  private static func error(
    _ found: String, _ expected: String, _ advice: String? = nil
  ) -> FlipbookError {
    .option(name: "compare", found: found, expected: expected, advice: advice)
  }
}
