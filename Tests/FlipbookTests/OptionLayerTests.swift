import Checkpoint
import Files
import Flipbook
import Foundation
import Testing

@testable import flipbook

@Suite struct OptionLayerTests {
  private func settings(
    _ arguments: [String], environment: [String: String] = [:]
  ) throws -> GenerateSettings {
    let result = try ArgumentParser(command: GenerateCommand.declaration).parse(arguments)
    return try GenerateSettings(result.given, environment: environment)
  }

  @Test func optionWinsOverEnvironmentOverFileOverDefault() throws {
    let folder = try TemporaryFolder()
    let file = folder.path("config.json")
    try Data(#"{"steps": 1, "shift": 2, "zero-star": true, "seed": 18446744073709551615}"#.utf8)
      .write(to: URL(fileURLWithPath: file))
    let environment = ["FLIPBOOK_STEPS": "2", "FLIPBOOK_GUIDANCE_SCALE": "5", "FLIPBOOK_SHIFT": ""]
    let found = try settings(
      ["--steps", "3", "--config", file], environment: environment)
    #expect(found.request.steps == 3)
    #expect(found.request.guidanceScale == 5)
    #expect(found.request.shift == 2)
    #expect(found.request.zeroStar == true)
    #expect(found.request.seed == .max)
    #expect(found.request.solver == nil)
    let fromEnvironment = try settings(
      [], environment: ["FLIPBOOK_STEPS": "2", "FLIPBOOK_CONFIG": file])
    #expect(fromEnvironment.request.steps == 2)
    #expect(fromEnvironment.request.shift == 2)
  }

  /// An option replaces what a lower source said in another way.
  @Test func alternativesReplaceEachOther() throws {
    let ratio = try settings(["--ratio", "16:9"], environment: ["FLIPBOOK_SIZE": "64x64"])
    #expect(try ratio.request.frameSize(native: FrameSize(width: 32, height: 32)).width == 176)
    let size = try settings(["--size", "64x64"], environment: ["FLIPBOOK_RATIO": "16:9"])
    #expect(try size.request.frameSize(native: FrameSize(width: 32, height: 32)).width == 64)
    #expect(throws: FlipbookError.self) {
      try settings(["--size", "64x64", "--ratio", "1:1"])
    }
    #expect(throws: FlipbookError.self) {
      try settings(["--frames", "25", "--duration", "1"])
    }
  }

  @Test func errorsNameTheirSource() throws {
    let error = #expect(throws: FlipbookError.self) {
      try settings([], environment: ["FLIPBOOK_STEPS": "many"])
    }
    #expect(error?.advice == "set by FLIPBOOK_STEPS")
    let folder = try TemporaryFolder()
    for (text, problem) in [
      (#"{"stpes": 4}"#, "unknown key 'stpes'"), (#"{"steps": [4]}"#, "'steps' is a list of 1"),
      ("[]", "expected one JSON object"), (#"{"steps": 4"#, "line 1"),
      (#"{"config": "x"}"#, "unknown key 'config'"),
    ] {
      let file = folder.path("config.json")
      try Data(text.utf8).write(to: URL(fileURLWithPath: file))
      let error = #expect(throws: FlipbookError.self) { try settings(["--config", file]) }
      #expect(error?.exitCode == .badInput)
      #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
    }
    let missing = #expect(throws: FlipbookError.self) {
      try settings(["--config", folder.path("none.json")])
    }
    #expect(missing?.exitCode == .badInput)
  }

  @Test func environmentNames() {
    let names = GenerateSettings.options.map(\.environmentName)
    #expect(names.contains("FLIPBOOK_GUIDANCE_INTERVAL"))
    #expect(names.contains("FLIPBOOK_MODEL"))
  }
}
