import Checkpoint
import Foundation
import Testing

/// Prompts, storyboards and the rewriter from outside.
@Suite struct PromptProcessTests {
  private let folder: TemporaryFolder
  private let model: String
  /// The bundled model; its weights are not read by a plan.
  private static let bundled =
    URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .path() + "Weights/diorama"

  init() throws {
    folder = try TemporaryFolder()
    model = try TinyModel.make(at: folder.path("model"))
  }

  private func run(
    _ arguments: [String], model: String? = nil
  ) throws -> CommandLineProgram.Outcome {
    try CommandLineProgram.run(
      arguments, in: folder, environment: ["FLIPBOOK_MODEL": model ?? self.model])
  }

  private func expectFailure(
    _ arguments: [String], code: Int32, words: String, leaving: [String] = ["model"],
    model: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let outcome = try run(arguments, model: model)
    #expect(outcome.code == code, "\(outcome.errors)", sourceLocation: sourceLocation)
    #expect(outcome.errors.contains(words), "\(outcome.errors)", sourceLocation: sourceLocation)
    #expect(outcome.output.isEmpty, sourceLocation: sourceLocation)
    #expect(try folder.contents() == leaving, sourceLocation: sourceLocation)
  }

  private func write(_ text: String, _ name: String) throws {
    try Data(text.utf8).write(to: URL(filePath: folder.path(name)))
  }

  // MARK: words of the service

  @Test func badWords() throws {
    try expectFailure(["generate", "a --rt 5"], code: 2, words: "--rt in the prompt: found '5'")
    try expectFailure(["generate", "a --colour red"], code: 2, words: "no word '--colour'")
    try expectFailure(["generate", "a --seed 1 b"], code: 2, words: "'b' behind --seed")
    try expectFailure(["generate", "--", "--seed 1"], code: 4, words: "prompt: it is empty")
  }

  /// Words decide what is made, are gone from the prompt, and stand in the metadata as options.
  @Test func wordsAreOptions() throws {
    let outcome = try run(
      ["generate", "a --seed 11 --dur 0 --rt 16:9", "--size", "64x32", "--json", "-o", "x.mp4"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("--rt 16:9 in the prompt gives way to --size"))
    let metadata = try JSONValue(parsing: outcome.output)["metadata"]
    #expect(metadata?["prompt"]?.string == "a")
    #expect(metadata?["options"]?["seed"]?.int == 11)
    #expect(metadata?["options"]?["frames"]?.int == 1)
    #expect(metadata?["options"]?["size"]?.string == "64x32")
  }

  // MARK: storyboards

  @Test func badStoryboards() throws {
    try expectFailure(["generate", "--storyboard", "none.json"], code: 4, words: "none.json")
    try expectFailure(["storyboard", "none.json"], code: 4, words: "none.json")
    try expectFailure(["storyboard"], code: 2, words: "wants FILE")
    try write("{", "s.json")
    let left = ["model", "s.json"]
    try expectFailure(["storyboard", "s.json"], code: 4, words: "line 1", leaving: left)
    try write(#"{"shots": [{"prompt": "a", "sconds": 1}]}"#, "s.json")
    try expectFailure(
      ["generate", "--storyboard", "s.json"], code: 4, words: "unknown field 'sconds'",
      leaving: left)
    try write(#"{"shots": [{"prompt": "a"}, {"prompt": "b", "duration": 0.1}]}"#, "s.json")
    try expectFailure(["storyboard", "s.json"], code: 4, words: "latent frame", leaving: left)
    try write(#"{"frames": 5, "shots": [{"prompt": "a", "duration": 9}]}"#, "s.json")
    try expectFailure(["storyboard", "s.json"], code: 4, words: "add up to 9", leaving: left)
    try write(#"{"shots": [{"prompt": "a"}]}"#, "s.json")
    try expectFailure(
      ["generate", "b", "--storyboard", "s.json"], code: 2, words: "as well as --storyboard",
      leaving: left)
  }

  @Test func aStoryboardBecomesAVideo() throws {
    try write(
      #"{"seed": 5, "steps": 1, "shots": [{"prompt": "a", "duration": 0.5}, {"prompt": "b", "duration": 0.5}]}"#,
      "s.json")
    let plan = try run(["storyboard", "s.json", "--json"])
    #expect(plan.code == 0, "\(plan.errors)")
    let shots = try JSONValue(parsing: plan.output)["shots"]?.array
    #expect(shots?.count == 2)
    #expect(shots?[1]["frames"] == [13, 24])
    #expect(shots?[1]["latents"] == [4, 6])
    let table = try run(["storyboard", "s.json"])
    #expect(table.output.contains("shot 2") && table.output.contains("12 (13–24)"))
    let outcome = try run(["generate", "--storyboard", "s.json", "-o", "x.mp4", "--json"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let result = try JSONValue(parsing: outcome.output)
    #expect(result["frames"]?.int == 25)
    #expect(result["metadata"]?["prompt"]?.string == "[cut 0.5s] a [cut 0.5s] b")
    #expect(try folder.contents() == ["model", "s.json", "x.mp4"])
  }

  // MARK: rewriting

  /// The bundled model's index asks for it; it is printed and told, and can be left off.
  @Test func promptsAreRewritten() throws {
    let prompt = "一个红色的球向左滚动，然后跳起来"
    let caption = "Medium shot of a red ball rolling to the left, then jumping"
    let outcome = try run(["generate", prompt, "--dry-run"], model: Self.bundled)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("prompt: \(prompt) → \(caption)"))
    #expect(outcome.output.contains(caption) && outcome.output.contains(prompt))
    let off = try run(["generate", prompt, "--dry-run", "--enhance", "none"], model: Self.bundled)
    #expect(off.errors.isEmpty && !off.output.contains(caption))
    let fixed = try run(["generate", prompt + " --cf true", "--dry-run"], model: Self.bundled)
    #expect(fixed.output.contains(caption + " while the camera stays still"))
    let unknown = try run(["generate", "a red dragon", "--dry-run"], model: Self.bundled)
    #expect(unknown.errors.contains("left alone: 'dragon'"), "\(unknown.errors)")
  }

  @Test func badEnhancement() throws {
    try expectFailure(["generate", "a", "--enhance", "rule"], code: 2, words: "--enhance")
    try expectFailure(
      ["generate", "a", "--enhance", "rules"], code: 2, words: "expected none")
    try expectFailure(
      ["generate", "a", "--camera-fixed=maybe"], code: 2, words: "--camera-fixed")
  }

  /// A vocabulary that is missing or damaged is the model's fault, and is found before any step.
  @Test func brokenVocabularies() throws {
    let index = model + "/model_index.json"
    var object = try #require(try JSONValue(file: index).object)
    object["prompt_enhancement"] = "toy"
    try Data(JSONValue.object(object).encoded().utf8).write(to: URL(filePath: index))
    try expectFailure(["generate", "a"], code: 3, words: "prompt/toy.json")
    try FileManager.default.createDirectory(
      atPath: model + "/prompt", withIntermediateDirectories: true)
    try write("{}", "model/prompt/toy.json")
    try expectFailure(["generate", "a"], code: 3, words: "particles")
    object["prompt_enhancement"] = "../toy"
    try Data(JSONValue.object(object).encoded().utf8).write(to: URL(filePath: index))
    try expectFailure(["generate", "a"], code: 3, words: "prompt_enhancement")
  }
}
