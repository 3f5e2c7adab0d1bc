import Checkpoint
import Foundation
import Tensor
import Testing

/// The program from outside, with a tiny model: what bad input gets. Each case looks at the exit
/// code, the message, and that nothing is left behind.
@Suite struct BadInputProcessTests {
  private let folder: TemporaryFolder
  private let model: String

  init() throws {
    folder = try TemporaryFolder()
    model = try TinyModel.make(at: folder.path("model"))
  }

  private func expectFailure(
    _ arguments: [String], code: Int32, words: String, limits: String = ":",
    leaving: [String] = ["model"], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let outcome = try CommandLineProgram.run(
      arguments, in: folder, environment: ["FLIPBOOK_MODEL": model], limits: limits)
    #expect(outcome.code == code, "\(outcome.errors)", sourceLocation: sourceLocation)
    #expect(
      outcome.errors.contains(words), "\(outcome.errors)", sourceLocation: sourceLocation)
    #expect(outcome.output.isEmpty, sourceLocation: sourceLocation)
    #expect(try folder.contents() == leaving, sourceLocation: sourceLocation)
  }

  @Test func promptOverTheTokenLimit() throws {
    let prompt = Array(repeating: "red", count: TinyModel.tokenLimit + 3).joined(separator: " ")
    try expectFailure(
      ["generate", prompt], code: 4, words: "\(TinyModel.tokenLimit + 5) tokens")
  }

  @Test func shotsThatDoNotFit() throws {
    try expectFailure(["generate", "a [cut] "], code: 4, words: "shot 2")
    try expectFailure(["generate", "a [cut] b [cut] c"], code: 4, words: "shots")
  }

  // MARK: weights

  private var weights: String { model + "/transformer/diffusion_pytorch_model.safetensors" }

  private func replaceWeights(_ bytes: Data) throws {
    try bytes.write(to: URL(fileURLWithPath: weights))
  }

  @Test func otherThingsInPlaceOfWeights() throws {
    let pointer = """
      version https://git-lfs.github.com/spec/v1
      oid sha256:0000000000000000000000000000000000000000000000000000000000000000
      size 12345

      """
    try replaceWeights(Data(pointer.utf8))
    try expectFailure(["generate", "a"], code: 3, words: "lfs")
    try replaceWeights(Data("<!DOCTYPE html><html><body>Not found</body></html>".utf8))
    try expectFailure(["generate", "a"], code: 3, words: "HTML")
    try replaceWeights(Data())
    try expectFailure(["generate", "a"], code: 3, words: weights)
    try FileManager.default.removeItem(atPath: weights)
    try expectFailure(["generate", "a"], code: 3, words: "transformer")
  }

  @Test func truncatedWeights() throws {
    let whole = try Data(contentsOf: URL(fileURLWithPath: weights))
    for count in [4, 100, whole.count / 2, whole.count - 1] {
      try replaceWeights(whole.prefix(count))
      try expectFailure(["generate", "a"], code: 3, words: "diffusion_pytorch_model.safetensors")
    }
  }

  /// Writes the weights anew with one tensor changed.
  private func change(_ body: (String, Tensor) throws -> Tensor) throws {
    let file = try Safetensors(opening: weights)
    var writer = SafetensorsWriter()
    for key in file.keys { writer.add(key, try body(key, file.tensor(key))) }
    try FileManager.default.removeItem(atPath: weights)
    try writer.write(to: weights)
  }

  @Test func tensorOfTheWrongShape() throws {
    try change { key, tensor in
      key == "patch_embedding.bias" ? try Tensor([3]) : tensor
    }
    try expectFailure(
      ["generate", "a"], code: 3, words: "patch_embedding.bias has shape [3], expected [64]")
  }

  @Test func notANumberInAWeight() throws {
    try change { key, tensor in
      guard key == "patch_embedding.weight" else { return tensor }
      tensor.pointer[5] = .nan
      return tensor
    }
    try expectFailure(["generate", "a"], code: 7, words: "patch_embedding")
  }

  @Test func brokenConfigs() throws {
    let config = model + "/transformer/config.json"
    try Data(#"{"width": 65}"#.utf8).write(to: URL(fileURLWithPath: config))
    try expectFailure(["generate", "a"], code: 3, words: "config.json")
    try Data("{".utf8).write(to: URL(fileURLWithPath: config))
    try expectFailure(["generate", "a"], code: 3, words: "line 1")
  }

  // MARK: outputs

  @Test func outputsThatCannotBeWritten() throws {
    try expectFailure(
      ["generate", "a", "-o", "none/x.mp4"], code: 5, words: "the directory \"none\" does not exist"
    )
    try expectFailure(
      ["generate", "a", "--preview", "none/x.png"], code: 5, words: "none")
    try expectFailure(
      ["generate", "a", "--save-latents", "/dev/full"], code: 5, words: "/dev/full")
    try expectFailure(["generate", "a", "-o", "x.webm"], code: 2, words: "--output")
    try expectFailure(["generate", "a", "-o", "x.png"], code: 2, words: "--output")
    try expectFailure(["generate", "a", "-o", "model"], code: 5, words: "not empty")
  }

  @Test(.disabled(if: getuid() == 0, "root may write everywhere"))
  func readOnlyDirectory() throws {
    let place = folder.path("locked")
    try FileManager.default.createDirectory(
      atPath: place, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o500])
    try expectFailure(
      ["generate", "a", "-o", "locked/x.mp4"], code: 5, words: "not writable",
      leaving: ["locked", "model"])
  }

  /// A file that may not grow stands for a disk that fills up in the middle.
  @Test func fullDisk() throws {
    try expectFailure(
      ["generate", "a", "-o", "x.mp4"], code: 5, words: "x.mp4", limits: "ulimit -f 1")
  }

  /// A small file system, where the kernel lets us mount one: the room is checked first.
  @Test func smallFileSystem() throws {
    let place = folder.path("small")
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [
      "-c",
      """
      unshare -rm true 2>/dev/null || exit 99
      exec unshare -rm sh -c 'mount -t tmpfs -o size=8k none "$0" || exit 99
        "$1" generate a --model "$2" --output "$0/x.mp4" && exit 0
        code=$?; ls -A "$0"; exit $code' "$0" "$1" "$2"
      """, place, CommandLineProgram.path, model,
    ]
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let left = output.fileHandleForReading.readDataToEndOfFile()
    let said = String(
      decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    if process.terminationStatus == 99 { return }
    #expect(process.terminationStatus == 5, "\(said)")
    #expect(said.contains("free some room"))
    #expect(left.isEmpty)
  }

  /// Limits of address space, from one that hardly holds the libraries.
  @Test(arguments: [450_000, 700_000, 1_500_000])
  func shortMemory(kibibytes: Int) throws {
    let outcome = try CommandLineProgram.run(
      ["generate", "a", "--size", "1920x1088", "--frames", "289", "-o", "x.mp4"], in: folder,
      environment: ["FLIPBOOK_MODEL": model], limits: "ulimit -v \(kibibytes)")
    #expect(outcome.code == 6, "\(outcome.errors)")
    #expect(outcome.errors.contains("memory"))
    #expect(try folder.contents() == ["model"])
  }

  /// Under a limit the program gets its arguments as they are.
  @Test func startingUnderALimit() throws {
    let outcome = try CommandLineProgram.run(
      ["generate", "--", "-a 'red' \"ball\"  é", "b"], in: folder, limits: "ulimit -v 400000")
    #expect(outcome.code == 2, "\(outcome.errors)")
    #expect(outcome.errors.contains("'b'"))
  }

  // MARK: signals

  @Test(arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(143)), (SIGHUP, Int32(143))])
  func signalInTheMiddleOfTheSteps(signal: Int32, code: Int32) throws {
    let outcome = try CommandLineProgram.run(
      ["generate", "a", "--steps", "1000", "--preview", "p.png", "-o", "x.mp4"], in: folder,
      environment: ["FLIPBOOK_MODEL": model]
    ) { process in
      try waitForFile(folder.path("p.png"), process)
      kill(process.processIdentifier, signal)
    }
    #expect(outcome.code == code, "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
    #expect(try folder.contents() == ["model", "p.png"])
  }

  /// Once, and again at once by somebody who cannot wait.
  @Test(arguments: ["x.mp4", "x.gif", "x"], [1, 2])
  func interruptInTheMiddleOfTheEncoding(name: String, times: Int) throws {
    let outcome = try CommandLineProgram.run(
      ["generate", "a", "--steps", "1", "--frames", "289", "-o", name], in: folder,
      environment: ["FLIPBOOK_MODEL": model]
    ) { process in
      while process.isRunning, try folder.contents() == ["model"] { usleep(500) }
      for _ in 0..<times {
        kill(process.processIdentifier, SIGINT)
        usleep(100)
      }
    }
    #expect(outcome.code == 130, "\(outcome.errors)")
    #expect(try folder.contents() == ["model"])
  }
}
