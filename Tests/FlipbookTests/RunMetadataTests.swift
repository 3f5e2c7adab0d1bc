import Checkpoint
import Flipbook
import Foundation
import Testing

@testable import flipbook

@Suite struct RunMetadataTests {
  private func metadata(prompt: String, negative: String = "") -> RunMetadata {
    var request = GenerationRequest(prompt: prompt)
    request.negativePrompt = negative
    request.size = FrameSize(width: 176, height: 96)
    request.length = .frames(25)
    request.steps = 30
    request.guidanceScale = 4.5
    request.guidanceRescale = 0.1
    request.guidanceInterval = 0.05...0.95
    request.guidanceGivenAbove = 0.7
    request.zeroStar = true
    request.solver = .unipc
    request.shift = 1.7320508075688772
    request.seed = .max
    return RunMetadata(modelName: "diorama", modelHash: "00ff", precision: .f32, request: request)
  }

  private static let prompts = [
    "a red ball bounces", "it's \"quoted\" \\ $HOME `ls` !x", "-o out.mp4", "--help", "红球 é 🎈",
    "two\nlines\tand a tab", "*?[a] ; rm -rf ~ & #",
  ]

  @Test(arguments: prompts)
  func jsonReadsBack(prompt: String) throws {
    let written = metadata(prompt: prompt, negative: prompt)
    let read = try RunMetadata(json: written.json, source: "test")
    #expect(read == written)
    #expect(!written.json.contains("\n"))
  }

  /// The command line, read by a real shell and by our parser, asks for the same video.
  @Test(arguments: prompts)
  func commandReadsBackThroughTheShell(prompt: String) throws {
    let written = metadata(prompt: prompt, negative: prompt)
    let output = "out 'dir'/it's.mp4"
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [
      "-c",
      "flipbook() { for word; do printf '%s\\0' \"$word\"; done; }; "
        + written.commandLine(output: output),
    ]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let words = data.split(separator: 0, omittingEmptySubsequences: false).dropLast()
      .map { String(decoding: $0, as: UTF8.self) }
    #expect(words == written.arguments(output: output))
    #expect(words.first == "generate")

    let result = try ArgumentParser(command: GenerateCommand.declaration)
      .parse(Array(words.dropFirst()))
    var request = try GenerateSettings(result.given, environment: [:]).request
    #expect(request.output == output)
    request.output = nil
    request.prompt = try #require(result.operands.first)
    #expect(request == written.request)
  }

  /// A flag that is off is said too: the model's own value may be on.
  @Test func flagsThatAreOffAreSaid() {
    var request = metadata(prompt: "x").request
    request.zeroStar = false
    let off = RunMetadata(modelName: "m", modelHash: "", precision: .f32, request: request)
    #expect(off.arguments(output: "o.mp4").contains("--zero-star=false"))
    #expect(metadata(prompt: "x").arguments(output: "o.mp4").contains("--zero-star"))
  }

  @Test func nothingInItDependsOnTheMachine() {
    var request = metadata(prompt: "x").request
    let plain = metadata(prompt: "x").json
    request.output = "/somewhere/out.mp4"
    request.preview = "p.png"
    request.saveLatents = "l"
    request.fromLatents = "m"
    let other = RunMetadata(
      modelName: "diorama", modelHash: "00ff", precision: .f32, request: request)
    #expect(other.json == plain)
  }

  @Test(arguments: ["", "x", "{}", "[]", #"{"program": "other"}"#])
  func foreignCommentsAreRefused(text: String) {
    #expect(throws: FlipbookError.self) { try RunMetadata(json: text, source: "a.mp4") }
  }
}
