import Checkpoint
import Text

/// A story of several shots as a JSON file:
///
///     {"global": "watercolour, a meadow", "seed": 7,
///      "shots": [{"prompt": "a red ball bounces", "duration": 1.5},
///                {"prompt": "close-up of the red ball", "duration": 1}]}
///
/// Beside `global` and `shots` stand options under their long names, as in a file of prompts. Paths
/// are relative to the file. It says what a prompt with `[cut 1.5s]` says, and becomes one.
public struct Storyboard: Sendable, Equatable {
  /// One shot.
  public struct Shot: Sendable, Equatable {
    /// What it shows.
    public var prompt: String
    /// In seconds; nil shares equally what the others leave.
    public var duration: Double?
    /// A picture that it begins with, an absolute path or one relative to the working directory.
    public var firstFrame: String?
  }

  /// Leads the text of every shot.
  public let global: String?
  /// One to six.
  public let shots: [Shot]
  /// Options under their long names.
  let options: JSONObject
  /// The file, for messages.
  let source: String

  /// Lengths of a shot, in seconds.
  private static let durations = 0.01...600.0

  /// Reads a storyboard.
  ///
  /// - Throws: `FlipbookError.input` with the place and what was expected there.
  public init(file path: String) throws(FlipbookError) {
    let json: JSONValue
    do { json = try JSONValue(file: path) } catch {
      throw .input(name: "--storyboard \(path)", problem: "\(error)")
    }
    let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
    try self.init(json: json, source: path) { $0.hasPrefix("/") ? $0 : folder + $0 }
  }

  /// - Parameter resolve: a path of the file as the working directory sees it.
  /// - Throws: `FlipbookError.input`.
  init(
    json: JSONValue, source: String, resolve: (String) -> String = { $0 }
  ) throws(FlipbookError) {
    guard var object = json.object else {
      throw .input(
        name: source, problem: "it is \(json.found), expected an object",
        advice: #"as in {"shots": [{"prompt": "a red ball bounces", "duration": 2}]}"#)
    }
    self.source = source
    global = try Self.text(object["global"], "global", source)
    guard let list = object["shots"]?.array, !list.isEmpty else {
      throw .input(
        name: source,
        problem: "'shots' is \(object["shots"]?.found ?? "missing"), expected a list of shots",
        advice: #"as in "shots": [{"prompt": "a red ball bounces", "duration": 2}]"#)
    }
    guard list.count <= ShotPrompt.maximumShots else {
      throw .input(
        name: source,
        problem: "it has \(list.count) shots, at most \(ShotPrompt.maximumShots) are possible")
    }
    var shots: [Shot] = []
    for (index, value) in list.enumerated() {
      shots.append(try Self.shot(value, "\(source), shot \(index + 1)", resolve))
    }
    self.shots = shots
    (object["global"], object["shots"]) = (nil, nil)
    options = try Self.options(object, source, resolve)
  }

  /// The request that the storyboard asks for.
  ///
  /// - Parameters:
  ///   - base: what holds where the file says nothing.
  ///   - explicit: names of options that the command line has, which go before the file's.
  /// - Throws: `FlipbookError.option` for a value that an option cannot have.
  package func request(
    base: GenerationRequest, explicit: Set<String> = []
  ) throws(FlipbookError) -> GenerationRequest {
    var request = base
    request.prompt = prompt
    var left = options
    for name in options.keys {
      let given = GenerationRequest.options.first { $0.name == name }
      let rivals = GenerationRequest.options.filter {
        $0.excludes.contains(name) || given?.excludes.contains($0.name) == true
      }
      if explicit.contains(name) || rivals.contains(where: { explicit.contains($0.name) }) {
        left[name] = nil
      }
    }
    try OptionLayer.apply(left, GenerationRequest.options, to: &request, source: source)
    try setFirstFrames(&request, explicit)
    return request
  }

  /// The storyboard as one prompt.
  var prompt: String {
    ShotPrompt.text(of: shots.map { ($0.prompt, $0.duration) }, global: global)
  }

  private func setFirstFrames(
    _ request: inout GenerationRequest, _ explicit: Set<String>
  ) throws(FlipbookError) {
    let later = shots.enumerated().dropFirst().compactMap { index, shot in
      shot.firstFrame.map { (index + 1, $0) }
    }
    for (name, isGiven) in [
      ("first-frame", shots[0].firstFrame != nil), ("shot-frames", !later.isEmpty),
    ] where isGiven && options.contains(name) {
      throw .input(
        name: source, problem: "'\(name)' and a shot's 'first_frame' say the same in two ways",
        advice: "keep 'first_frame'")
    }
    if let path = shots[0].firstFrame, !explicit.contains("first-frame") {
      request.firstFrame = path
    }
    if !later.isEmpty, !explicit.contains("shot-frames") {
      request.shotFrames = Dictionary(uniqueKeysWithValues: later)
    }
  }

  // MARK: parsing

  private static func shot(
    _ value: JSONValue, _ place: String, _ resolve: (String) -> String
  ) throws(FlipbookError) -> Shot {
    guard let object = value.object else {
      throw .input(name: place, problem: "it is \(value.found), expected an object")
    }
    let names = ["prompt", "duration", "first_frame"]
    for key in object.keys where !names.contains(key) { throw unknown(key, names, place) }
    guard let prompt = try text(object["prompt"], "prompt", place) else {
      throw .input(name: place, problem: "it has no 'prompt': write what the shot shows")
    }
    var shot = Shot(prompt: prompt)
    if let value = object["duration"] {
      guard let seconds = value.double, durations.contains(seconds) else {
        throw .input(
          name: place, problem: "'duration' is \(value.found), expected seconds above zero")
      }
      shot.duration = seconds
    }
    if let value = object["first_frame"] {
      guard let path = value.string, !path.isEmpty, !path.contains("\0") else {
        throw .input(name: place, problem: "'first_frame' is \(value.found), expected a path")
      }
      shot.firstFrame = resolve(path)
    }
    return shot
  }

  /// A text that holds nothing that divides a prompt.
  private static func text(
    _ value: JSONValue?, _ name: String, _ place: String
  ) throws(FlipbookError) -> String? {
    guard let value else { return nil }
    guard let text = value.string, text.contains(where: { !$0.isWhitespace }) else {
      throw .input(name: place, problem: "'\(name)' is \(value.found), expected a text")
    }
    let shots: [ShotPrompt.Shot]
    do { shots = try ShotPrompt(parsing: text).shots } catch {
      throw .input(name: place, problem: "'\(name)': \(error)")
    }
    guard shots.count == 1, shots[0].seconds == nil, !text.contains("||") else {
      throw .input(
        name: place, problem: "'\(name)' divides itself with [cut] or ||",
        advice: "make every shot an entry of 'shots', with its own duration")
    }
    let words: ServiceWords
    do { words = try ServiceWords(text) } catch {
      throw .input(name: place, problem: "'\(name)': \(error)", advice: error.advice)
    }
    guard words.words.isEmpty else {
      throw .input(
        name: place, problem: "'\(name)' holds \(words.words[0].name)",
        advice: "in a storyboard options stand beside 'shots', under their long names")
    }
    return text
  }

  /// What stands beside `global` and `shots`: known options, paths as the working directory sees them.
  private static func options(
    _ object: JSONObject, _ source: String, _ resolve: (String) -> String
  ) throws(FlipbookError) -> JSONObject {
    var options = object
    let known = GenerationRequest.options
    for (key, value) in object.entries {
      guard let option = known.first(where: { $0.name == key }) else {
        throw unknown(key, ["global", "shots"] + known.map(\.name), source)
      }
      if case .path = option.value, let path = value.string {
        options[key] = .string(resolve(path))
      }
    }
    return options
  }

  private static func unknown(
    _ key: String, _ names: [String], _ place: String
  ) -> FlipbookError {
    let nearest = Suggestion.nearest(to: key, in: names)
    return .input(
      name: place, problem: "unknown field '\(key)'",
      advice: nearest.map { "did you mean '\($0)'?" }
        ?? "the fields are \(names.prefix(8).joined(separator: ", "))")
  }
}
