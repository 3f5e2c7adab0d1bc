import Checkpoint
import Flipbook
import Foundation
import Testing

@testable import flipbook

/// The program from outside, where no model is needed.
@Suite struct CommandLineTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Bad command lines end with the code of their kind, say what is wrong on standard error alone,
  /// and leave nothing.
  @Test(arguments: [
    ([], 2, "usage: flipbook"),
    (["generate", ""], 4, "prompt: it is empty"),
    (["generate", "x", "--frames", "26"], 2, "--frames 25 and --frames 29"),
    (["generate", "x", "--size", "127x127"], 2, "multiple of 16"),
    (["generate", "x", "--size", "1000000x1000000"], 2, "32 to 2176"),
    (["generate", "x", "--stesp", "4"], 2, "did you mean --steps?"),
    (["generate", "x", "--precision", "f16"], 2, "bf16"),
    (["generate", "x", "--seed", "18446744073709551616"], 2, "18446744073709551615"),
    (["generate", "x", "--model", "/nowhere"], 3, "no such directory"),
    (["generate", "--prompt-file", "none.txt"], 4, "no such file"),
    (["generate", "x", "--from-latents", "none.safetensors"], 4, "none.safetensors"),
    (["generate", "--first-frame", "a.png"], 2, "wants a prompt"),
    (["generate", "x", "--strength", "0.5"], 2, "--video"),
    (["generate", "x", "--strength", "1.5", "--video", "a.mp4"], 2, "0.0 to 1.0"),
    (["generate", "x", "--keep-video"], 2, "--video"),
    (["generate", "x", "--last-frame-until", "0.5"], 2, "--last-frame"),
    (["generate", "x", "--video", "a.mp4", "--first-frame", "a.png"], 2, "keep one of them"),
    (["generate", "x", "--video", "a.mp4", "--strength", "1", "--keep-video"], 2, "--strength"),
    (["generate", "x", "--video", "a.mp4", "--strength", "1", "--last-frame", "a.png"], 2, "own"),
    (["generate", "x", "--first-frame", "a.png", "--frames", "1"], 2, "prompt alone"),
    (["generate", "0-1s: a ball\n2-3s: a cube"], 4, "nothing is said about 1 to 2 s"),
    (["generate", "0-1s: a ball\n1-2s: a cube", "--duration", "1"], 2, "49, as the prompt"),
    (["generate", "-a ball"], 2, "put -- before a prompt"),
    (["inspect", "none.mp4"], 4, "none.mp4"),
    (["inspect", "none"], 3, "no such directory"),
    (["bench"], 5, "swift run -c release --package-path Benchmarks"),
  ])
  func badCommandLines(arguments: [String], code: Int32, words: String) throws {
    let outcome = try CommandLineProgram.run(arguments, in: folder)
    #expect(outcome.code == code, "\(outcome.errors)")
    #expect(outcome.errors.contains(words), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
    #expect(try folder.contents().isEmpty)
  }

  @Test(arguments: ["generate", "bench", "inspect"])
  func helpOfEachCommand(command: String) throws {
    let outcome = try CommandLineProgram.run([command, "--help"], in: folder)
    #expect(outcome.code == 0)
    #expect(outcome.output.hasPrefix("usage: flipbook \(command)"))
    #expect(outcome.errors.isEmpty)
  }

  /// The rest of the list without a process each.
  @Test(arguments: [
    (["generat"], "did you mean 'flipbook generate'?"), (["generate"], "wants a prompt"),
    (["generate", "x", "--fps", "30"], "no other rate"),
    (["generate", "x", "--threads", "0"], "1 to 256"),
    (["generate", "x", "--solver", "unipcc"], "did you mean 'unipc'?"),
    (["generate", "x", "--size", "99999999999999999999x16"], "WIDTHxHEIGHT"),
    (["completion", "csh"], "bash, zsh, fish"), (["doctor", "x"], "leave it away"),
  ])
  func moreBadCommandLines(arguments: [String], words: String) async throws {
    let error = await #expect(throws: FlipbookError.self) {
      try await Program.dispatch(arguments)
    }
    #expect(error?.exitCode == .usage)
    let said = "\(error?.description ?? "") \(error?.advice ?? "")"
    #expect(said.contains(words), "\(said)")
  }

  @Test func versionAndOverview() throws {
    #expect(try CommandLineProgram.run(["--version"], in: folder).output == "flipbook 0.1.0\n")
    let help = try CommandLineProgram.run(["--help"], in: folder)
    #expect(help.code == 0 && help.output.contains("generate"))
  }

  @Test func doctorFindsWhatIsWrong() throws {
    let outcome = try CommandLineProgram.run(
      ["doctor", "--json"], in: folder, environment: ["FLIPBOOK_MODEL": "/nowhere"])
    #expect(outcome.code == 1)
    let value = try JSONValue(parsing: outcome.output)
    #expect(value["healthy"] == false)
    let plain = try CommandLineProgram.run(["doctor"], in: folder)
    #expect(plain.output.contains("libx264"))
    #expect(plain.output.contains("\(Precision.preferred.rawValue) (default)"))
  }

  /// A result that cannot be told is no success.
  @Test func fullStandardOutput() throws {
    let outcome = try CommandLineProgram.run(
      ["--version"], in: folder, redirection: "> /dev/full")
    #expect(outcome.code == 5)
    #expect(outcome.errors.contains("standard output"))
  }
}
