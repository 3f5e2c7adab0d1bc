package import Checkpoint

/// The words of a model's world, and how its captions read: `prompt/NAME.json` of a model directory,
/// which `model_index.json` names as `prompt_enhancement`.
///
/// Everything that is about the world stands in that file; the rewriter knows tables and sentences.
package struct PromptVocabulary: Sendable {
  /// What phrases may mean, by their tokens; several meanings are several readings.
  let phrases: PhraseTable<[Meaning]>
  /// Phrases that are dropped before anything is looked up.
  let adverbs: PhraseTable<Bool>
  /// Characters that are dropped wherever they stand, 的 for one.
  let particles: Set<Character>
  /// What verbs become by a direction ("" without one), said of a subject and of the camera.
  let families: [String: (subject: [String: Meaning], camera: [String: Meaning])]
  /// What the negation of a value says, where it says anything.
  let opposites: [Meaning: Meaning]
  /// The wording of each value in a caption: [finite] or [finite, gerund] for verbs.
  let words: [Meaning: [String]]
  /// Caption forms by name, with parts in braces.
  let templates: [String: String]
  /// What a caption says where nobody said anything, by table.
  let defaults: [Meaning.Table: String]
  /// The camera that does not move.
  let staticCamera: String
  /// How near an unknown word must be to a known one, by how much nearer than to a word that means
  /// something else, which tables are guessed from, and which only compete.
  let similarity:
    (threshold: Double, margin: Double, tables: Set<Meaning.Table>, rivals: Set<Meaning.Table>)

  static let templateNames = [
    "dense", "placeless", "camera", "camera alone", "style", "then", "and",
  ]

  /// Reads a vocabulary.
  ///
  /// - Throws: `CheckpointError.file`, `.json`, `.config` with the field that is wrong.
  package init(file: String) throws(CheckpointError) {
    try self.init(json: JSONValue(file: file), file: file)
  }

  /// - Throws: `CheckpointError.config` with the field that is wrong.
  package init(json: JSONValue, file: String) throws(CheckpointError) {
    let reader = VocabularyReader(file: file, root: json)
    particles = Set(try reader.string("particles"))
    let lexer = PromptLexer(particles: particles)

    var adverbs = PhraseTable<Bool>()
    for phrase in try reader.strings("adverbs") { adverbs[lexer.words(phrase)] = true }
    var phrases = PhraseTable<[Meaning]>()
    for (key, value) in try reader.object("phrases").entries {
      let meaning = try reader.meaning(key, "phrases")
      if meaning.table == .word, Joint(rawValue: meaning.value) == nil {
        throw reader.error("phrases", found: key, expected: "a known word")
      }
      for phrase in try reader.strings(value, "phrases.\(key)") {
        let words = lexer.words(phrase)
        let tokens = adverbs.uncovered(in: words).map { words[$0] }
        let meanings = phrases[tokens] ?? []
        if !meanings.contains(meaning) { phrases[tokens] = meanings + [meaning] }
      }
    }
    self.phrases = phrases
    self.adverbs = adverbs

    var words: [Meaning: [String]] = [:]
    for (name, values) in try reader.object("words").entries {
      guard let table = Meaning.Table(rawValue: name), let values = values.object else {
        throw reader.error("words", found: name, expected: "tables of values")
      }
      for (value, wording) in values.entries {
        let field = "words.\(name).\(value)"
        words[Meaning(table, value)] =
          if let text = wording.string { [text] } else { try reader.strings(wording, field) }
      }
    }
    self.words = words

    var families: [String: (subject: [String: Meaning], camera: [String: Meaning])] = [:]
    for (name, sides) in try reader.object("families").entries {
      let field = "families.\(name)"
      families[name] = (
        try reader.meanings(sides["subject"] ?? [:], field + ".subject"),
        try reader.meanings(sides["camera"] ?? [:], field + ".camera")
      )
    }
    self.families = families

    var opposites: [Meaning: Meaning] = [:]
    for (value, other) in try reader.meanings(.object(reader.object("opposites")), "opposites") {
      opposites[try reader.meaning(value, "opposites")] = other
    }
    self.opposites = opposites

    templates = try reader.texts("templates", names: Self.templateNames)
    let named = try reader.texts("defaults", names: ["framing", "action"])
    defaults = [.framing: named["framing"] ?? "", .action: named["action"] ?? ""]
    staticCamera = try reader.string("static_camera")
    similarity = try reader.similarity()

    // Every value that a phrase can mean must have its words in a caption.
    let meant = Set(
      phrases.entries.values.joined() + families.values.flatMap { $0.subject.values }
        + families.values.flatMap { $0.camera.values }
        + defaults.map { Meaning($0.key, $0.value) } + [Meaning(.camera, staticCamera)])
    for meaning in meant {
      switch meaning.table {
      case .word, .direction: continue
      case .family:
        guard families[meaning.value] == nil else { continue }
        throw reader.error("families", found: "no \(meaning.value)", expected: "one")
      case .action, .interaction:
        guard words[meaning]?.count != 2 else { continue }
        throw reader.error("words.\(meaning)", found: "missing", expected: "[finite, gerund]")
      default:
        guard words[meaning]?.count != 1 else { continue }
        throw reader.error("words.\(meaning)", found: "missing", expected: "a wording")
      }
    }
  }

  /// A value's wording: form 0 is finite, or the only one; form 1 is the gerund.
  func word(_ table: Meaning.Table, _ value: String, form: Int = 0) -> String {
    words[Meaning(table, value)]?[form] ?? value
  }

  /// A caption form with its parts filled in.
  func filled(_ template: String, _ parts: [String: String]) -> String {
    parts.reduce(templates[template] ?? "") { text, part in
      text.split(separator: "{\(part.key)}", omittingEmptySubsequences: false)
        .joined(separator: part.value)
    }
  }
}
