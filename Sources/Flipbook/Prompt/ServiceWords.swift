/// The words of the reference model's service at the end of a prompt: `--rt 16:9 --dur 5 --seed 11`.
/// Each stands for an option; what the command line says goes first.
package struct ServiceWords: Sendable, Equatable {
  /// The prompt without them.
  package let text: String
  /// Each word as it was written, with its value, in order.
  package let words: [Word]

  package struct Word: Sendable, Equatable {
    /// With its dashes.
    package let name: String
    package let value: String
  }

  /// The option that each word stands for.
  static let options: [String: String] = [
    "rt": "ratio", "ratio": "ratio", "rs": "resolution", "resolution": "resolution",
    "dur": "duration", "duration": "duration", "fps": "fps", "framespersecond": "fps",
    "seed": "seed", "cf": "camera-fixed", "camerafixed": "camera-fixed",
    "wm": "watermark", "watermark": "watermark",
  ]

  /// Divides a prompt. A dash inside a word or by itself is text.
  ///
  /// - Throws: `FlipbookError.usage` for a word that there is not, one without a value, one that is
  ///   there twice, and text behind words.
  package init(_ prompt: String) throws(FlipbookError) {
    let tokens = prompt.split(whereSeparator: \.isWhitespace)
    guard let first = tokens.firstIndex(where: Self.isWord) else {
      (text, words) = (prompt, [])
      return
    }
    let end = tokens[first].startIndex
    let spoken = prompt[..<end]
    text = String(
      spoken[..<(spoken.lastIndex { !$0.isWhitespace }.map(spoken.index(after:)) ?? end)])

    var words: [Word] = []
    var rest = tokens[first...]
    while let token = rest.popFirst() {
      guard Self.isWord(token) else {
        throw .usage(
          problem: "the prompt goes on with '\(token)' behind \(words.last?.name ?? "")",
          advice: "write words such as --rt 16:9 at the end, behind all of the text")
      }
      let parts = token.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts[0])
      let option = try Self.option(name)
      guard !words.contains(where: { Self.options[Self.key($0.name)] == option }) else {
        throw .usage(
          problem: "the prompt says \(name) and the same once more",
          advice: "keep the one you mean")
      }
      let value = parts.count == 2 ? parts[1] : rest.popFirst()
      guard let value, !value.isEmpty, !Self.isWord(value) else {
        throw .usage(
          problem: "\(name) in the prompt has no value", advice: "write \(Self.example(option))")
      }
      words.append(Word(name: name, value: String(value)))
    }
    self.words = words
  }

  /// Puts what the words say into a request, which gets the prompt without them.
  ///
  /// - Parameters:
  ///   - explicit: names of options that the command line has, which go first.
  ///   - note: told what gave way.
  /// - Throws: `FlipbookError.usage`, naming the word.
  package static func apply(
    to request: inout GenerationRequest, explicit: Set<String> = [],
    note: (String) -> Void = { _ in }
  ) throws(FlipbookError) {
    let parsed = try ServiceWords(request.prompt)
    request.prompt = parsed.text
    for word in parsed.words {
      guard let name = options[key(word.name)],
        let option = GenerationRequest.options.first(where: { $0.name == name })
      else { throw unknown(word.name) }
      let rivals = GenerationRequest.options.filter {
        $0.name == name || $0.excludes.contains(name) || option.excludes.contains($0.name)
      }
      if let rival = rivals.first(where: { explicit.contains($0.name) }) {
        note("\(word.name) \(word.value) in the prompt gives way to --\(rival.name)")
        continue
      }
      // The service writes -1 for a seed that is drawn.
      if name == "seed" && word.value == "-1" {
        request.seed = nil
        continue
      }
      do {
        try option.set(word.value, &request)
      } catch .option(_, let found, let expected, let advice) {
        throw .usage(
          problem: "\(word.name) in the prompt: found '\(found)', expected \(expected)",
          advice: advice ?? "write \(example(name))")
      }
    }
  }

  /// Two dashes and a letter.
  private static func isWord(_ token: Substring) -> Bool {
    token.hasPrefix("--") && token.dropFirst(2).first?.isLetter == true
  }

  private static func key(_ name: String) -> String { name.dropFirst(2).lowercased() }

  private static func option(_ name: String) throws(FlipbookError) -> String {
    guard let option = options[key(name)] else { throw unknown(name) }
    return option
  }

  private static func unknown(_ name: String) -> FlipbookError {
    let nearest = Suggestion.nearest(to: key(name), in: options.keys.sorted())
    return .usage(
      problem: "there is no word '\(name)' for a prompt",
      advice: (nearest.map { "did you mean --\($0)? " } ?? "")
        + "the words are --rt, --rs, --dur, --fps, --seed, --cf and --wm; options stand outside of "
        + "the prompt")
  }

  private static func example(_ option: String) -> String {
    switch option {
    case "ratio": "--rt 16:9"
    case "resolution": "--rs 720p"
    case "duration": "--dur 5"
    case "fps": "--fps 24"
    case "seed": "--seed 11"
    case "camera-fixed": "--cf true"
    default: "--wm true"
    }
  }
}
