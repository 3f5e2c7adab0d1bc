import Checkpoint
import Foundation
import Testing

/// The program from outside, with a tiny model: batches that are broken off and go on.
@Suite struct ManifestProcessTests {
  private let folder: TemporaryFolder
  private let model: String

  init() throws {
    folder = try TemporaryFolder()
    model = try TinyModel.make(at: folder.path("model"))
  }

  private func flipbook(
    _ arguments: [String], during: ((Process) throws -> Void)? = nil
  ) throws -> CommandLineProgram.Outcome {
    try CommandLineProgram.run(
      ["generate"] + arguments, in: folder, environment: ["FLIPBOOK_MODEL": model], during: during)
  }

  private func bytes(_ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: folder.path(name)))
  }

  private func lines(_ name: String = "m.jsonl") throws -> [JSONValue] {
    try String(decoding: bytes(name), as: UTF8.self).split(separator: "\n").map {
      try JSONValue(parsing: String($0))
    }
  }

  /// Files of a batch, hidden leftovers of a killed process not among them.
  private func visible() throws -> [String] {
    try folder.contents().filter { !$0.hasPrefix(".") }
  }

  private let batch = [
    "a ball", "--count", "3", "-o", "x.mp4", "--manifest", "m.jsonl", "--steps", "2",
  ]

  @Test func oneLineAVideo() throws {
    let outcome = try flipbook(batch + ["--seed", "5"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let lines = try lines()
    try #require(lines.count == 4)
    #expect(lines[0]["manifest"] == 1 && lines[0]["videos"] == 3)
    #expect(lines[0]["drawn-seeds"] == [])
    for (index, line) in lines.dropFirst().enumerated() {
      let name = "x-\(index + 1).mp4"
      #expect(line["file"]?.string == name && line["prompt"] == "a ball")
      #expect(line["seed"]?.int == 5 + index && (line["seconds"]?.double ?? 0) > 0)
      #expect(line["metadata"]?["options"]?["seed"]?.int == 5 + index)
      let sum = try sha256sum(name)
      #expect(line["sha256"]?.string == sum)
    }
    // Once more: nothing is left to do.
    let again = try flipbook(batch + ["--seed", "5"])
    #expect(again.code == 0 && again.output.isEmpty)
    #expect(again.errors.contains("3 of 3 videos"))
    #expect(!again.errors.contains("loading"))
    #expect(try self.lines() == lines)
  }

  private func sha256sum(_ name: String) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/sha256sum")
    process.arguments = [folder.path(name)]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    // A name with a special character puts a backslash in front.
    return String(text.drop { $0 == "\\" }.prefix(64))
  }

  /// SIGKILL after the first video: the same command makes the rest, with the seeds that were drawn.
  @Test func aKilledBatchGoesOn() throws {
    let killed = try flipbook(batch) { process in
      while process.isRunning, try !folder.contents().contains("x-1.mp4") { usleep(500) }
      kill(process.processIdentifier, SIGKILL)
    }
    #expect(killed.code == SIGKILL)
    let plan = try #require(try lines().first)
    let seed = try #require(plan["drawn-seeds"]?.array?.first?.uint64)
    let done = try lines().count - 1
    #expect(done < 3)
    // A line that was cut short does not count either.
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.path("m.jsonl")))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(#"{"file":"x-3.mp4","sha2"#.utf8))
    try handle.close()

    let rest = try flipbook(batch)
    #expect(rest.code == 0, "\(rest.errors)")
    #expect(rest.output.split(separator: "\n").count == 3 - done)
    if done > 0 { #expect(rest.errors.contains("\(done) of 3 videos stand in m.jsonl")) }
    let lines = try lines()
    #expect(lines.count == 4 && lines[0] == plan)
    #expect(lines.dropFirst().map { $0["seed"]?.uint64 } == [seed, seed &+ 1, seed &+ 2])
    #expect(try visible() == ["m.jsonl", "model", "x-1.mp4", "x-2.mp4", "x-3.mp4"])

    // And these are the videos of an undisturbed run.
    let whole = try flipbook([
      "a ball", "--count", "3", "-o", "y.mp4", "--steps", "2", "--seed", "\(seed)",
    ])
    #expect(whole.code == 0, "\(whole.errors)")
    for index in 1...3 { #expect(try bytes("x-\(index).mp4") == bytes("y-\(index).mp4")) }
  }

  @Test func anInterruptedBatchGoesOn() throws {
    let cut = try flipbook(batch) { process in
      while process.isRunning, try !folder.contents().contains("x-1.mp4") { usleep(500) }
      kill(process.processIdentifier, SIGINT)
    }
    let done = try lines().count - 1
    #expect(cut.code == (done == 3 ? 0 : 130), "\(cut.errors)")
    #expect(try visible().count == 2 + done)
    #expect(try flipbook(batch).code == 0)
    #expect(try lines().count == 4)
  }

  /// What is missing or was changed is made again.
  @Test func missingAndChangedVideosAreMadeAgain() throws {
    let command = batch + ["--seed", "5"]
    #expect(try flipbook(command).code == 0)
    let (second, third) = (try bytes("x-2.mp4"), try bytes("x-3.mp4"))
    try FileManager.default.removeItem(atPath: folder.path("x-2.mp4"))
    try Data("changed".utf8).write(to: URL(fileURLWithPath: folder.path("x-3.mp4")))
    let again = try flipbook(command)
    #expect(again.output == "x-2.mp4\nx-3.mp4\n")
    #expect(again.errors.contains("1 of 3 videos"))
    #expect(try bytes("x-2.mp4") == second && bytes("x-3.mp4") == third)
    #expect(try flipbook(command).output.isEmpty)
  }

  @Test func promptFilesWithAndWithoutSeeds() throws {
    let text = "a red ball\n{\"prompt\": \"a ball\", \"seed\": 3}\nred\n"
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path("p.txt")))
    let command = ["--prompt-file", "p.txt", "--manifest", "m.jsonl", "-o", "out/"]
    #expect(try flipbook(command).code == 0)
    let first = try lines()
    #expect(first[0]["drawn-seeds"]?.array?.count == 2)
    #expect(first.dropFirst().map { $0["file"]?.string } == ["out-1", "out-2", "out-3"])
    // Folders that are there already are no obstacle.
    let again = try flipbook(command)
    #expect(again.code == 0 && again.output.isEmpty, "\(again.errors)")
    try FileManager.default.removeItem(atPath: folder.path("out-1/00002.png"))
    let changed = try flipbook(command)
    #expect(changed.code == 5 && changed.errors.contains("out-1"), "\(changed.errors)")
    try FileManager.default.removeItem(atPath: folder.path("out-1"))
    #expect(try flipbook(command).output == "out-1\n")
  }

  @Test func anotherCommandIsRefused() throws {
    #expect(try flipbook(batch).code == 0)
    let before = try folder.contents()
    let manifest = try bytes("m.jsonl")
    for change in [["--count", "2"], ["--steps", "3"], ["-o", "y.mp4"], ["--seed", "1"]] {
      var command = batch
      if let index = command.firstIndex(of: change[0]) {
        command.replaceSubrange(index...index + 1, with: change)
      } else {
        command += change
      }
      let outcome = try flipbook(command)
      #expect(outcome.code == 4, "\(outcome.errors)")
      #expect(outcome.errors.contains("begun by a command with other prompts"))
      #expect(try folder.contents() == before && bytes("m.jsonl") == manifest)
    }
  }

  @Test(arguments: [
    ("notes\n", 4, "line 1 is no JSON"), ("notes", 4, "does not begin as a manifest"),
    ("{\"a\": 1}\n", 4, "does not begin as a manifest"),
    (
      "{\"manifest\":1,\"videos\":1,\"plan-sha256\":\"\",\"drawn-seeds\":[]}\nx\n", 4,
      "line 2 is no JSON"
    ),
  ])
  func otherFilesAreLeftAlone(text: String, code: Int32, words: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path("m.jsonl")))
    let outcome = try flipbook(batch)
    #expect(outcome.code == code && outcome.errors.contains(words), "\(outcome.errors)")
    #expect(try bytes("m.jsonl") == Data(text.utf8))
    #expect(try folder.contents() == ["m.jsonl", "model"])
  }

  @Test(arguments: [
    ("none/m.jsonl", 5, "none"), ("model", 5, "directory"), ("/dev/full", 5, "/dev/full"),
    ("", 2, "a path"),
  ])
  func placesThatCannotHoldAManifest(path: String, code: Int32, words: String) throws {
    let outcome = try flipbook(["a", "--manifest", path])
    #expect(outcome.code == code && outcome.errors.contains(words), "\(outcome.errors)")
    #expect(try folder.contents() == ["model"])
  }

  /// What fails before the first step leaves no manifest, and a plan writes none.
  @Test func nothingIsWrittenTooEarly() throws {
    #expect(try flipbook(["a", "--manifest", "m.jsonl", "-o", "none/x.mp4"]).code == 5)
    #expect(try flipbook(["a", "--manifest", "m.jsonl", "--dry-run"]).code == 0)
    #expect(try flipbook(["a", "--manifest", "x.mp4", "-o", "x.mp4"]).code == 2)
    #expect(try folder.contents() == ["model"])
  }
}
