import Flipbook

/// Everything that `flipbook generate` can be told: the request, and how it is carried out.
struct GenerateSettings: Sendable {
  var request = GenerationRequest(prompt: "")
  /// A model directory, or the name of one that was found.
  var model: String?
  /// Nil: that of the latents that are gone on with, or what suits the processor.
  var precision: Precision?
  /// Nil: as many as there are cores.
  var threads: Int?
  var promptFile: String?
  var storyboard: String?
  /// Names of the options that the command line has.
  var explicit: Set<String> = []
  var count = 1
  var manifest: String?
  var isDryRun = false
  var progress = ProgressMode.auto
  var isQuiet = false
  var isJSON = false
  var config: String?

  /// All options of the command: those of the request, and those that do not change a video.
  static let options: [Option<GenerateSettings>] =
    GenerationRequest.options.map { $0.lifted(to: \.request) } + computing + batching + reporting

  private static let computing: [Option<GenerateSettings>] = [
    Option("model", .path("DIR"), "a model directory, or a name", default: "the bundled one") {
      (text, settings) throws(FlipbookError) in
      settings.model = try OptionValue.path(text, "model")
    },
    Option(
      "precision", .choice(Precision.allCases.map(\.rawValue)), "what products are made of",
      default: "bf16 where the processor has it, else f32"
    ) {
      (text, settings) throws(FlipbookError) in
      settings.precision = try OptionValue.choice(text, "precision")
    },
    Option("threads", .text("N"), "threads to compute on", default: "all cores") {
      (text, settings) throws(FlipbookError) in
      settings.threads = try OptionValue.integer(text, "threads", in: VideoGenerator.threadLimits)
    },
  ]

  private static let batching: [Option<GenerateSettings>] = [
    Option(
      "prompt-file", .path("FILE"),
      "instead of PROMPT: one a line, or JSON lines with options; '-' is standard input"
    ) {
      (text, settings) throws(FlipbookError) in
      settings.promptFile = try OptionValue.path(text, "prompt-file")
    },
    Option(
      "storyboard", .path("FILE"),
      "instead of PROMPT: a JSON file of shots; 'flipbook storyboard FILE' shows its plan"
    ) {
      (text, settings) throws(FlipbookError) in
      settings.storyboard = try OptionValue.path(text, "storyboard")
    },
    Option("count", .text("N"), "so many of each prompt; item i has the seed + i", default: "1") {
      (text, settings) throws(FlipbookError) in
      settings.count = try OptionValue.integer(text, "count", in: 1...10_000)
    },
    Option(
      "manifest", .path("FILE"),
      "JSON lines of what is done; the same command goes on where it was broken off"
    ) {
      (text, settings) throws(FlipbookError) in
      settings.manifest = try OptionValue.path(text, "manifest")
    },
  ]

  private static let reporting: [Option<GenerateSettings>] = [
    Option("dry-run", .flag, "the plan: sizes, tokens, bytes, FLOPs; no run") {
      (text, settings) throws(FlipbookError) in
      settings.isDryRun = try OptionValue.flag(text, "dry-run")
    },
    Option(
      "progress", .choice(ProgressMode.allCases.map(\.rawValue)), "how a run reports",
      default: "auto: a bar on a terminal, else lines"
    ) {
      (text, settings) throws(FlipbookError) in
      settings.progress = try OptionValue.choice(text, "progress")
    },
    Option("quiet", short: "q", .flag, "no progress and no warnings, errors only") {
      (text, settings) throws(FlipbookError) in
      settings.isQuiet = try OptionValue.flag(text, "quiet")
    },
    Option("json", .flag, "results as one JSON object a line") {
      (text, settings) throws(FlipbookError) in
      settings.isJSON = try OptionValue.flag(text, "json")
    },
    Option("config", .path("FILE"), "a JSON object with long option names as keys") {
      (text, settings) throws(FlipbookError) in
      settings.config = try OptionValue.path(text, "config")
    },
  ]
}

extension GenerateSettings {
  /// Puts the sources together: option, then environment, then config file, then default.
  ///
  /// - Parameter given: the options of the command line.
  /// - Throws: `FlipbookError` for the first thing that has no meaning.
  init(
    _ given: [(option: Option<GenerateSettings>, text: String)], environment: [String: String]
  ) throws(FlipbookError) {
    self.init()
    let path =
      given.last { $0.option.name == "config" }?.text
      ?? environment["FLIPBOOK_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
    if let path {
      let allowed = Self.options.filter { $0.name != "config" }
      try OptionLayer.apply(
        OptionLayer.configuration(path), allowed, to: &self, source: path)
    }
    try OptionLayer.apply(environment: environment, Self.options, to: &self)
    try OptionLayer.checkExclusions(given.map { ($0.option.name, $0.option.excludes) })
    for (option, text) in given { try option.set(text, &self) }
    explicit = Set(given.map(\.option.name))
  }
}
