import Checkpoint
import Foundation
import Testing
import Video

/// The program from outside, with a tiny model: what is made beside a video, and comparisons.
@Suite struct LookingProcessTests {
  private let folder: TemporaryFolder
  private let model: String

  init() throws {
    folder = try TemporaryFolder()
    model = try TinyModel.make(at: folder.path("model"))
  }

  private func flipbook(
    _ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> CommandLineProgram.Outcome {
    let outcome = try CommandLineProgram.run(
      arguments, in: folder, environment: ["FLIPBOOK_MODEL": model])
    #expect(outcome.code == 0, "\(outcome.errors)", sourceLocation: sourceLocation)
    return outcome
  }

  private func picture(_ name: String) throws -> Picture {
    try PictureReader.read(folder.path(name))
  }

  private func frames(_ name: String) throws -> [Picture] {
    try (0..<5).map { try picture("\(name)/0000\($0).png") }
  }

  @Test func sheetAndAnimationStandBesideTheVideo() throws {
    let outcome = try flipbook(
      "generate", "a red ball", "--seed", "7", "-o", "x.mp4", "--gif", "y.gif",
      "--contact-sheet", "sheet.png")
    #expect(outcome.output == "x.mp4\n")
    #expect(try folder.contents() == ["model", "sheet.png", "x.mp4", "y.gif"])
    let animation = try VideoReader(folder.path("y.gif")).facts
    #expect(animation.codec == "gif")
    #expect(try animation.comment == VideoReader(folder.path("x.mp4")).facts.comment)
    let sheet = try picture("sheet.png")
    #expect(sheet.width >= 64 && sheet.height > 5 * 32 / 2)

    // The same video gives the same sheet, whatever the encoder did to the frames.
    #expect(try flipbook("sheet", "x.mp4").output == "x-sheet.png\n")
    #expect(try picture("x-sheet.png").size == sheet.size)
    _ = try flipbook("sheet", "y.gif", "-o", "of gif.png")
    #expect(try folder.contents().contains("of gif.png"))

    // Neither changes the video or what it says of itself.
    _ = try flipbook("generate", "a red ball", "--seed", "7", "-o", "z.mp4")
    #expect(
      try Data(contentsOf: URL(fileURLWithPath: folder.path("x.mp4")))
        == Data(contentsOf: URL(fileURLWithPath: folder.path("z.mp4"))))
  }

  @Test func namesAreNumberedInBatches() throws {
    _ = try flipbook(
      "generate", "a", "--count", "2", "-o", "x.mp4", "--gif", "y.gif", "--contact-sheet", "s.png")
    #expect(
      try folder.contents()
        == ["model", "s-1.png", "s-2.png", "x-1.mp4", "x-2.mp4", "y-1.gif", "y-2.gif"])
  }

  /// With and without the mark the pictures differ inside of its rectangle alone, before any encoder
  /// has seen them.
  @Test func theWatermarkChangesItsRectangleAlone() throws {
    _ = try flipbook("generate", "a", "--seed", "7", "--size", "128x96", "-o", "plain")
    _ = try flipbook("generate", "a", "--seed", "7", "--size", "128x96", "--watermark", "-o", "on")
    let place = Watermark(size: PictureSize(width: 128, height: 96)).rectangle
    for (plain, marked) in zip(try frames("plain"), try frames("on")) {
      var (different, outside) = (0, 0)
      for y in 0..<96 {
        for x in 0..<128 where plain[x: x, y: y] != marked[x: x, y: y] {
          different += 1
          if !place.contains(x: x, y: y) { outside += 1 }
        }
      }
      #expect(outside == 0)
      #expect(different > place.width * place.height / 2)
    }
  }

  @Test func theWatermarkIsToldInTheMetadata() throws {
    _ = try flipbook("generate", "a", "--seed", "7", "--watermark", "-o", "x.mp4")
    let value = try JSONValue(parsing: flipbook("inspect", "x.mp4", "--json").output)
    #expect(value["metadata"]?["ai-generated"] == true)
    #expect(value["metadata"]?["options"]?["watermark"] == true)
    #expect(value["command"]?.string?.contains("--watermark") == true)
  }

  /// Each clip of a comparison is the one that its settings make alone.
  @Test func clipsOfAComparison() throws {
    let outcome = try flipbook(
      "generate", "a ball", "--seed", "3", "--compare", "A=seed:5,few=steps:2+solver:euler",
      "-o", "both")
    #expect(outcome.errors.split(separator: "\n").count { $0.hasPrefix("loading") } == 1)
    _ = try flipbook("generate", "a ball", "--seed", "5", "-o", "a")
    _ = try flipbook(
      "generate", "a ball", "--seed", "3", "--steps", "2", "--solver", "euler", "-o", "b")
    let layout = SideBySide(labels: ["A", "few"], part: PictureSize(width: 64, height: 32))
    let (both, a, b) = (try frames("both"), try frames("a"), try frames("b"))
    for index in 0..<5 { #expect(both[index] == layout.picture([a[index], b[index]])) }
  }

  @Test func aComparisonSaysWhatItHolds() throws {
    _ = try flipbook("generate", "a ball", "--compare", "seed=1,seed=2", "-o", "x.mp4")
    let value = try JSONValue(parsing: flipbook("inspect", "x.mp4", "--json").output)
    #expect(value["metadata"]?["options"]?["compare"] == "seed=1,seed=2")
    let original = try Data(contentsOf: URL(fileURLWithPath: folder.path("x.mp4")))
    let command = try #require(value["command"]?.string)
    let again = try CommandLineProgram.run(
      [], in: folder, environment: ["FLIPBOOK_MODEL": model],
      limits: "flipbook() { \"$0\" \"$@\"; }; "
        + command.replacing(" --model model", with: "") + "; exit")
    #expect(again.code == 0, "\(again.errors)")
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path("x.mp4"))) == original)
    let plan = try flipbook("generate", "a", "--compare", "steps=1,steps=2", "--dry-run", "--json")
    let steps = try plan.output.split(separator: "\n").map {
      try JSONValue(parsing: String($0))["plan"]?["steps"]?.int
    }
    #expect(steps == [1, 2])
  }

  @Test(arguments: [
    (["--gif", "x.png"], 2, "ends in .gif"), (["--gif", "none/x.gif"], 5, "none"),
    (["--contact-sheet", "x.jpg"], 2, "ends in .png"),
    (["--contact-sheet", "model"], 2, "ends in .png"),
    (["--contact-sheet", "none/x.png"], 5, "none"),
    (["-o", "x.gif", "--gif", "./x.gif"], 2, "two results"),
    (["--preview", "x.png", "--contact-sheet", "x.png"], 2, "two results"),
    (["--watermark=perhaps"], 2, "true or false"),
    (["--compare", "seed=1"], 2, "2 to 6"), (["--compare", "steps=1,steps=many"], 2, "1 to 1000"),
    (["--compare", "seed=1,seed=2", "--save-latents", "l"], 2, "--compare makes several"),
    (
      ["--compare", "seed=1,seed=2,seed=3", "--size", "1920x1088", "--frames", "1", "-o", "x.mp4"],
      2, "between 1 and 4096"
    ),
  ])
  func badOptions(arguments: [String], code: Int32, words: String) throws {
    let outcome = try CommandLineProgram.run(
      ["generate", "a"] + arguments, in: folder, environment: ["FLIPBOOK_MODEL": model])
    #expect(outcome.code == code, "\(outcome.errors)")
    #expect(outcome.errors.contains(words), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
    #expect(try folder.contents() == ["model"])
  }

  @Test(arguments: [
    ([], 2, "FILE.mp4"), (["none.mp4"], 4, "none.mp4"), (["model/model_index.json"], 4, "expected"),
    (["model"], 4, "directory"), (["none.mp4", "-o", "x.jpg"], 2, "ends in .png"),
  ])
  func badSheets(arguments: [String], code: Int32, words: String) throws {
    let outcome = try CommandLineProgram.run(["sheet"] + arguments, in: folder)
    #expect(outcome.code == code, "\(outcome.errors)")
    #expect(outcome.errors.contains(words), "\(outcome.errors)")
    #expect(try folder.contents() == ["model"])
  }

  /// The disk that fills up in the middle leaves none of the files.
  @Test func aFullDiskLeavesNoneOfTheFiles() throws {
    let outcome = try CommandLineProgram.run(
      [
        "generate", "a", "-o", "x.mp4", "--gif", "y.gif", "--contact-sheet", "s.png",
      ], in: folder, environment: ["FLIPBOOK_MODEL": model], limits: "ulimit -f 4")
    #expect(outcome.code == 5, "\(outcome.errors)")
    #expect(try folder.contents() == ["model"])
  }
}
