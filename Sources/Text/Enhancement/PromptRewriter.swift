/// Turns prompts as people write them, in English or Chinese, into the captions that a model was
/// trained on: by phrases, a few rules of order, and for words that nobody listed the nearest one
/// that somebody did. What it does not know stays as it was.
package struct PromptRewriter: Sendable {
  package let vocabulary: PromptVocabulary

  package init(_ vocabulary: PromptVocabulary) { self.vocabulary = vocabulary }

  /// What became of a prompt.
  package struct Rewriting: Sendable, Equatable {
    /// The prompt as the model is to read it, shots and lengths included.
    package var prompt: String
    /// Words that mean nothing to the vocabulary; they stand in the prompt still.
    package var leftAlone: [String] = []
    /// Words that were understood and have no place in a caption.
    package var leftOut: [String] = []
    /// Unknown words that were taken for known ones.
    package var guesses: [Guess] = []

    package struct Guess: Sendable, Equatable {
      package let word: String
      package let meaning: String
    }
  }

  /// Rewrites all shots of a prompt.
  ///
  /// - Parameters:
  ///   - prompt: what a person wrote; service words are gone.
  ///   - isCameraFixed: says in every shot that the camera stays where it is.
  ///   - nearest: what an unknown English word may mean.
  /// - Throws: what `ShotPrompt(parsing:)` throws.
  package func rewrite(
    _ prompt: String, isCameraFixed: Bool = false, nearest: (String) -> Meaning? = { _ in nil }
  ) throws(TextError) -> Rewriting {
    let shots = try ShotPrompt(parsing: prompt).shots
    var rewriting = Rewriting(prompt: prompt)
    var texts: [(text: String, seconds: Double?)] = []
    var earlier = ShotDescription()
    var isUntouched = true
    let form = CaptionForm(vocabulary: vocabulary)

    for shot in shots {
      let lexemes = vocabulary.lexemes(shot.text) { word in
        guard let meaning = nearest(word) else { return nil }
        let guess = Rewriting.Guess(
          word: word, meaning: vocabulary.word(meaning.table, meaning.value))
        if !rewriting.guesses.contains(guess) { rewriting.guesses.append(guess) }
        return meaning
      }
      let parts = lexemes.split(omittingEmptySubsequences: true) { $0.isJoint(.cut) }
      let (share, count) = (shot.seconds, Double(max(parts.count, 1)))
      for part in parts where !part.allSatisfy({ $0.saysNothing }) {
        let reader = ShotReader(
          Array(part), of: shot.text, earlier: earlier.subjects, vocabulary: vocabulary)
        var description = reader.shot
        let unknown = phrases(reader.unknown, in: shot.text)
        rewriting.leftAlone += unknown
        guard !description.subjects.isEmpty else {
          // Nothing of this world: the words stay.
          let text = parts.count == 1 ? shot.text : text(of: Array(part), in: shot.text)
          texts.append((isCameraFixed ? withFixedCamera(text) : text, share.map { $0 / count }))
          if isCameraFixed { isUntouched = false }
          continue
        }
        isUntouched = false
        rewriting.leftOut += phrases(reader.leftOut, in: shot.text)
        description.scene = description.scene ?? earlier.scene
        description.style = description.style ?? earlier.style
        if isCameraFixed { description.camera = vocabulary.staticCamera }
        let caption = form.caption(
          description, known: !earlier.subjects.isEmpty && isKnown(description, earlier),
          style: texts.isEmpty)
        texts.append((appending(unknown, to: caption), share.map { $0 / count }))
        earlier = description
      }
    }
    if !isUntouched { rewriting.prompt = Self.joined(texts) }
    return rewriting
  }

  /// The prompt with a camera that stays where it is, and nothing else changed.
  ///
  /// - Throws: what `ShotPrompt(parsing:)` throws.
  package func fixingCamera(_ prompt: String) throws(TextError) -> String {
    Self.joined(
      try ShotPrompt(parsing: prompt).shots.map { (withFixedCamera($0.text), $0.seconds) })
  }

  private func withFixedCamera(_ text: String) -> String {
    let phrase = vocabulary.filled(
      "camera alone", ["camera": vocabulary.word(.camera, vocabulary.staticCamera)])
    return text.hasSuffix(phrase + ".") ? text : appending(phrase, to: text)
  }

  /// Whether every subject of a shot was in the shot before.
  private func isKnown(_ shot: ShotDescription, _ earlier: ShotDescription) -> Bool {
    shot.subjects.allSatisfy { subject in earlier.subjects.contains(where: subject.agrees) }
  }

  /// Source words at the end of a caption, behind commas.
  private func appending(_ words: [String], to caption: String) -> String {
    words.isEmpty ? caption : appending(", " + words.joined(separator: ", "), to: caption)
  }

  private func appending(_ tail: String, to text: String) -> String {
    text.hasSuffix(".") ? "\(text.dropLast())\(tail)." : text + tail
  }

  /// Shots with their marks and lengths.
  static func joined(_ shots: [(text: String, seconds: Double?)]) -> String {
    var prompt = ""
    for (index, shot) in shots.enumerated() {
      if index > 0 { prompt += " " }
      if let seconds = shot.seconds {
        prompt += "[cut \(ShotPrompt.text(seconds: seconds))] "
      } else if index > 0 {
        prompt += "[cut] "
      }
      prompt += shot.text
    }
    return prompt
  }

  /// What stands at ranges of a text, neighbours joined.
  private func phrases(_ ranges: [Range<String.Index>], in text: String) -> [String] {
    var joined: [Range<String.Index>] = []
    for range in ranges where !range.isEmpty {
      if let last = joined.last, last.upperBound <= range.lowerBound,
        text[last.upperBound..<range.lowerBound].allSatisfy({ $0 == " " || $0 == "-" })
      {
        joined[joined.count - 1] = last.lowerBound..<range.upperBound
      } else {
        joined.append(range)
      }
    }
    return joined.map { String(text[$0]) }
  }

  private func text(of part: [Lexeme], in source: String) -> String {
    guard let first = part.first, let last = part.last else { return "" }
    return String(source[first.range.lowerBound..<last.range.upperBound]).trimmed
  }
}

extension Lexeme {
  /// Punctuation and filler.
  fileprivate var saysNothing: Bool {
    switch content {
    case .end: true
    case .known(let readings): readings.allSatisfy { $0 == Meaning(.word, Joint.ignored.rawValue) }
    case .unknown: false
    }
  }
}
