import Flipbook
import Foundation
import Testing

@Suite struct ModelDiscoveryTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @discardableResult
  private func makeModel(_ name: String) throws -> String {
    let path = folder.path(name)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try Data("{}".utf8).write(to: URL(fileURLWithPath: path + "/model_index.json"))
    return path
  }

  private func discovery(_ environment: [String: String] = [:]) -> ModelDiscovery {
    ModelDiscovery(
      environment: environment.merging(["XDG_DATA_DIRS": folder.path("share")]) { own, _ in own },
      workingDirectory: folder.path("work"), executable: folder.path("repo/.build/debug/flipbook"))
  }

  @Test func order() throws {
    let shared = try makeModel("share/flipbook/models/shared")
    #expect(try discovery().find().path == shared)
    let home = try makeModel("home/.local/share/flipbook/models/mine")
    let environment = ["HOME": folder.path("home")]
    #expect(try discovery(environment).find().path == home)
    let beside = try makeModel("repo/Weights/other")
    #expect(try discovery(environment).find().path == beside)
    let bundled = try makeModel("repo/Weights/diorama")
    #expect(try discovery(environment).find().path == bundled)
    let here = try makeModel("work/Weights/diorama")
    #expect(try discovery(environment).find().path == here)
    let variable = try makeModel("elsewhere")
    #expect(try discovery(["FLIPBOOK_MODEL": variable]).find().path == variable)
    #expect(try discovery(["FLIPBOOK_MODEL": variable]).find(named: home).path == home)
    #expect(
      discovery(environment).all().map(\.name) == ["diorama", "diorama", "other", "mine", "shared"])
  }

  @Test func namesAndRelativePaths() throws {
    try makeModel("repo/Weights/diorama")
    try makeModel("work/models/tiny model")
    #expect(try discovery().find(named: "diorama").name == "diorama")
    #expect(try discovery().find(named: "models/tiny model/").path == "models/tiny model")
    let error = #expect(throws: FlipbookError.self) { try discovery().find(named: "dioramma") }
    #expect(error?.advice == "did you mean 'diorama'?")
  }

  @Test func whatIsMissingIsSaid() throws {
    let nothing = #expect(throws: FlipbookError.self) { try discovery().find() }
    #expect(nothing?.exitCode == .badModel)
    #expect(nothing?.advice?.contains("share/flipbook/models") == true)
    try FileManager.default.createDirectory(
      atPath: folder.path("work/empty"), withIntermediateDirectories: true)
    try Data().write(to: URL(fileURLWithPath: folder.path("work/file")))
    for (name, problem) in [("empty", "model_index.json"), ("file", "it is a file")] {
      let error = #expect(throws: FlipbookError.self) { try discovery().find(named: name) }
      #expect(error?.exitCode == .badModel)
      #expect(error?.description.contains(problem) == true)
    }
    let variable = #expect(throws: FlipbookError.self) {
      try discovery(["FLIPBOOK_MODEL": "/nowhere"]).find()
    }
    #expect(variable?.advice?.contains("FLIPBOOK_MODEL") == true)
  }
}
