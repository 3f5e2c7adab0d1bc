/// Reads the shots of a prompt one after the other: what a shot leaves unsaid, the one before has
/// said.
struct StoryReader {
  let vocabulary: PromptVocabulary
  let isCameraFixed: Bool

  private(set) var texts: [(text: String, seconds: Double?)] = []
  private(set) var isChanged = false
  private(set) var leftAlone: [String] = []
  private(set) var leftOut: [String] = []
  private(set) var guesses: [PromptRewriter.Rewriting.Guess] = []
  /// The last shot that was about something of this world.
  private var earlier = ShotDescription()

  init(vocabulary: PromptVocabulary, isCameraFixed: Bool) {
    self.vocabulary = vocabulary
    self.isCameraFixed = isCameraFixed
  }

  /// Reads one shot, which may turn out to be several: "… cut to a close-up". They share its length.
  mutating func read(_ shot: ShotPrompt.Shot, nearest: (String) -> Meaning?) {
    var guesses: [PromptRewriter.Rewriting.Guess] = []
    let lexemes = vocabulary.lexemes(shot.text) { word in
      guard let meaning = nearest(word) else { return nil }
      guesses.append(
        PromptRewriter.Rewriting.Guess(
          word: word, meaning: vocabulary.word(meaning.table, meaning.value)))
      return meaning
    }
    let parts = lexemes.split { $0.isJoint(.cut) }.map(Array.init)
      .filter { !$0.allSatisfy(\.saysNothing) }
    let isKnown = texts.count
    if parts.count < 2 {
      read(parts.first ?? [], of: shot.text, whole: shot.text, seconds: shot.seconds)
    } else {
      for part in parts {
        read(
          part, of: shot.text, whole: Self.text(of: part, in: shot.text),
          seconds: shot.seconds.map { $0 / Double(parts.count) })
      }
    }
    // A guess counts where something came of it.
    if texts[isKnown...].map(\.text) != [shot.text] {
      for guess in guesses where !self.guesses.contains(guess) { self.guesses.append(guess) }
    }
  }

  private mutating func read(
    _ lexemes: [Lexeme], of source: String, whole: String, seconds: Double?
  ) {
    let reader = ShotReader(
      lexemes, of: source, earlier: earlier.subjects, vocabulary: vocabulary)
    let unknown = Self.phrases(reader.unknown, in: source)
    var shot = reader.shot
    guard !shot.subjects.isEmpty, reader.namesSubject || unknown.isEmpty else {
      // About nothing of this world, as far as anybody can tell: the words stay.
      leftAlone += unknown
      texts.append((isCameraFixed ? withFixedCamera(whole, vocabulary) : whole, seconds))
      isChanged = isChanged || isCameraFixed
      return
    }
    // The text encoder reads English alone: Chinese in the middle of a caption would be noise.
    let readable = unknown.filter { $0.unicodeScalars.allSatisfy { !$0.isBERTIdeograph } }
    leftAlone += readable
    leftOut += Self.phrases(reader.leftOut, in: source) + unknown.filter { !readable.contains($0) }
    shot.scene = shot.scene ?? earlier.scene
    shot.style = shot.style ?? earlier.style
    if isCameraFixed { shot.camera = vocabulary.staticCamera }
    let isKnown = shot.subjects.allSatisfy { earlier.subjects.contains(where: $0.agrees) }
    let caption = CaptionForm(vocabulary: vocabulary)
      .caption(shot, known: isKnown, style: texts.isEmpty)
    texts.append((readable.reduce(caption) { appending(", " + $1, to: $0) }, seconds))
    isChanged = true
    earlier = shot
  }

  /// What stands at ranges of a text, neighbours joined.
  private static func phrases(_ ranges: [Range<String.Index>], in text: String) -> [String] {
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

  private static func text(of part: [Lexeme], in source: String) -> String {
    guard let first = part.first, let last = part.last else { return "" }
    return String(source[first.range.lowerBound..<last.range.upperBound]).trimmed
  }
}

/// A shot's text that says that the camera stays where it is.
func withFixedCamera(_ text: String, _ vocabulary: PromptVocabulary) -> String {
  let phrase = vocabulary.filled(
    "camera alone", ["camera": vocabulary.word(.camera, vocabulary.staticCamera)])
  return text.hasSuffix(phrase) || text.hasSuffix(phrase + ".")
    ? text : appending(phrase, to: text)
}

/// A text with more at its end, before the full stop.
private func appending(_ tail: String, to text: String) -> String {
  text.hasSuffix(".") ? "\(text.dropLast())\(tail)." : text + tail
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
