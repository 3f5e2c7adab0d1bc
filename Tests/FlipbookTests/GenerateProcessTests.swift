import Checkpoint
import Foundation
import Testing

/// The program from outside, with a tiny model: what it makes.
@Suite struct GenerateProcessTests {
  private let folder: TemporaryFolder
  private let model: String

  init() throws {
    folder = try TemporaryFolder()
    model = try TinyModel.make(at: folder.path("model"))
  }

  private func flipbook(
    _ arguments: String...
  ) throws -> CommandLineProgram.Outcome {
    try CommandLineProgram.run(arguments, in: folder, environment: ["FLIPBOOK_MODEL": model])
  }

  private func bytes(_ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: folder.path(name)))
  }

  @Test func oneLineAFile() throws {
    let outcome = try flipbook("generate", "a red ball bounces", "--seed", "7")
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output == "a-red-ball-bounces-7.mp4\n")
    #expect(outcome.errors.contains("step 3/3"))
    #expect(try folder.contents() == ["a-red-ball-bounces-7.mp4", "model"])
  }

  /// The command that `inspect` prints makes the same bytes, on any number of threads.
  @Test func inspectTellsHowToMakeItAgain() throws {
    let name = "it's a \"clip\" – é.mp4"
    let first = try flipbook(
      "generate", "--output", name, "--seed", "18446744073709551615", "--steps", "2",
      "--size", "32x48", "--frames", "9", "--solver", "heun", "--guidance-scale", "2.5",
      "--negative-prompt=-a", "--shift", "1.7", "--threads", "2", "--quiet", "--", "-a 'red' ball")
    #expect(first.code == 0, "\(first.errors)")
    #expect(first.errors.isEmpty)
    let original = try bytes(name)
    let inspection = try flipbook("inspect", name, "--json")
    let value = try JSONValue(parsing: inspection.output)
    #expect(value["codec"] == "h264")
    #expect(value["size"] == "32x48")
    #expect(value["frames"] == 9)
    #expect(value["fps"]?.double == 24)
    #expect(value["metadata"]?["prompt"] == "-a 'red' ball")
    let command = try #require(value["command"]?.string)
    #expect(command.hasPrefix("flipbook generate "))
    try FileManager.default.removeItem(atPath: folder.path(name))
    let again = try CommandLineProgram.run(
      [], in: folder, environment: ["FLIPBOOK_MODEL": model, "FLIPBOOK_THREADS": "1"],
      limits: "flipbook() { \"$0\" \"$@\"; }; "
        + command.replacing(" --model model", with: "") + "; exit")
    #expect(again.code == 0, "\(again.errors)")
    #expect(try bytes(name) == original)
  }

  /// Each precision makes its own bytes, says so, and goes on with its own latents alone.
  @Test func precisions() throws {
    var files: [Data] = []
    for precision in ["f32", "bf16", "int8"] {
      let outcome = try flipbook(
        "generate", "a ball", "--seed", "5", "-o", "\(precision).gif", "--precision", precision,
        "--save-latents", "\(precision).safetensors", "--json")
      #expect(outcome.code == 0, "\(outcome.errors)")
      let metadata = try JSONValue(parsing: outcome.output)["metadata"]
      #expect(metadata?["options"]?["precision"]?.string == precision)
      files.append(try bytes("\(precision).safetensors"))
      // Without the option, that of the latents.
      let resumed = try flipbook(
        "generate", "--from-latents", "\(precision).safetensors", "-o", "again.gif")
      #expect(resumed.code == 0, "\(resumed.errors)")
      #expect(try bytes("again.gif") == bytes("\(precision).gif"))
    }
    #expect(Set(files).count == 3)
    let other = try flipbook(
      "generate", "--from-latents", "int8.safetensors", "--precision", "f32", "-o", "x.gif")
    #expect(other.code == 4)
    #expect(other.errors.contains("take --precision int8"))
  }

  @Test func batches() throws {
    let outcome = try flipbook(
      "generate", "a ball", "--count", "2", "--seed", "5", "-o", "x.mp4", "--json")
    #expect(outcome.code == 0, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n").map(String.init)
    #expect(lines.count == 2)
    let values = try lines.map { try JSONValue(parsing: $0) }
    #expect(values.map { $0["file"]?.string } == ["x-1.mp4", "x-2.mp4"])
    #expect(values.map { $0["seed"]?.int } == [5, 6])
    // One load of the weights serves both.
    #expect(outcome.errors.split(separator: "\n").count { $0.hasPrefix("loading") } == 1)
    #expect(try flipbook("generate", "a ball", "--seed", "6", "-o", "y.mp4").code == 0)
    #expect(try bytes("x-2.mp4") == bytes("y.mp4"))
    #expect(try bytes("x-1.mp4") != bytes("y.mp4"))
  }

  @Test func numberedPictures() throws {
    let outcome = try flipbook(
      "generate", "a ball", "--seed", "5", "-o", "frames/", "--preview", "look.png")
    #expect(outcome.code == 0, "\(outcome.errors)")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("frames"))
    #expect(names.sorted() == (0..<5).map { "0000\($0).png" })
    #expect(try folder.contents() == ["frames", "look.png", "model"])
    // The first of them tells how they were made.
    let value = try JSONValue(parsing: flipbook("inspect", "frames", "--json").output)
    #expect(value["container"] == "folder of png" && value["frames"] == 5)
    #expect(value["metadata"]?["prompt"] == "a ball")
    #expect(value["command"]?.string?.contains("--output frames") == true, "\(value)")
    let first = try bytes("frames/00000.png")
    let single = try flipbook("inspect", "frames/00001.png")
    #expect(single.output.contains("no metadata"))
    #expect(try flipbook("generate", "a ball", "--seed", "5", "-o", "again/").code == 0)
    #expect(try bytes("again/00000.png") == first)
  }

  /// A run that was interrupted and went on gives the file of one that was not.
  @Test(arguments: ["unipc", "dpmpp2m"])
  func latentsGoOn(solver: String) throws {
    let options = ["generate", "a ball", "--solver", solver, "--seed", "3", "--steps", "150"]
    let environment = ["FLIPBOOK_MODEL": model]
    let whole = try CommandLineProgram.run(
      options + ["-o", "whole.mp4"], in: folder, environment: environment)
    #expect(whole.code == 0, "\(whole.errors)")
    let cut = try CommandLineProgram.run(
      options + ["-o", "cut.mp4", "--save-latents", "l.safetensors", "--preview", "p.png"],
      in: folder, environment: environment
    ) { process in
      try waitForFile(folder.path("p.png"), process)
      kill(process.processIdentifier, SIGINT)
    }
    #expect(cut.code == 130, "\(cut.errors)")
    #expect(cut.output.isEmpty)
    #expect(try folder.contents() == ["l.safetensors", "model", "p.png", "whole.mp4"])
    let rest = try flipbook("generate", "--from-latents", "l.safetensors", "-o", "rest.mp4")
    #expect(rest.code == 0, "\(rest.errors)")
    #expect(!rest.errors.contains("step 1/150"))
    #expect(try bytes("rest.mp4") == bytes("whole.mp4"))
    let other = try flipbook(
      "generate", "--from-latents", "l.safetensors", "-o", "other.mp4", "--seed", "4")
    #expect(other.code == 4)
    #expect(other.errors.contains("--seed 3"))
  }

  @Test func aDryRunLeavesNothing() throws {
    let outcome = try flipbook(
      "generate", "a ball", "--dry-run", "--json", "--ratio", "16:9", "--duration", "2")
    #expect(outcome.code == 0, "\(outcome.errors)")
    let plan = try #require(try JSONValue(parsing: outcome.output)["plan"])
    #expect(plan["width"] == 176 && plan["height"] == 96 && plan["frames"] == 49)
    #expect(plan["latent_grid"] == [13, 6, 11])
    #expect((plan["operations"]?.double ?? 0) > 0)
    #expect(try folder.contents() == ["model"])
    let plain = try flipbook("generate", "a ball", "--dry-run", "--ratio", "16:9")
    #expect(plain.output.contains("176x96"))
  }

  @Test func inspectAndModelsKnowTheModel() throws {
    let tree = try flipbook("inspect", model)
    #expect(tree.code == 0, "\(tree.errors)")
    for words in ["transformer", "vae", "text_encoder", "total:", "FLOP", "sha256"] {
      #expect(tree.output.contains(words))
    }
    let value = try JSONValue(parsing: flipbook("inspect", model, "--json").output)
    #expect(value["components"]?.array?.count == 3)
    #expect(try flipbook("models").output.contains("FLIPBOOK_MODEL"))
    // The doctor also looks at the repository's own weights, which may not be there.
    let report = try JSONValue(parsing: flipbook("doctor", "--json").output)
    let row = report["facts"]?.array?.first { $0["label"] == "model model" }
    #expect(row?["severity"] == "fine")
  }
}

/// Waits until a file is there, or the program has ended.
func waitForFile(_ path: String, _ process: Process) throws {
  while process.isRunning && !FileManager.default.fileExists(atPath: path) { usleep(1000) }
}
