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
    (["generate", "--first-frame", "a.png"], 2, "unknown option"),
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
    let plain = try CommandLineProgram.run(
      ["doctor"], in: folder, environment: ["OPENBLAS_CORETYPE": "Haswell"])
    #expect(plain.output.contains("unset OPENBLAS_CORETYPE"))
    #expect(plain.output.contains("libx264"))
  }

  /// A result that cannot be told is no success.
  @Test func fullStandardOutput() throws {
    let outcome = try CommandLineProgram.run(
      ["--version"], in: folder, redirection: "> /dev/full")
    #expect(outcome.code == 5)
    #expect(outcome.errors.contains("standard output"))
  }
}
