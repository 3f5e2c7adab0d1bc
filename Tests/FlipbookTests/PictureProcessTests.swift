import Checkpoint
import Foundation
import Testing
import Video

/// The program from outside, with a tiny model: pictures and videos to videos, long videos, pictures.
@Suite struct PictureProcessTests {
  private let folder: TemporaryFolder
  private let model: String

  init() throws {
    folder = try TemporaryFolder()
    model = try TinyModel.make(at: folder.path("model"), index: ["longest_frames": 17])
    try write(2, "cat.png")
  }

  private func write(_ seed: Int, _ name: String) throws {
    var picture = Picture(width: 96, height: 48)
    for index in picture.pixels.indices { picture.pixels[index] = UInt8(index * seed / 97 % 256) }
    try PNGWriter.write(picture, to: folder.path(name))
  }

  private func flipbook(_ arguments: [String]) throws -> CommandLineProgram.Outcome {
    try CommandLineProgram.run(arguments, in: folder, environment: ["FLIPBOOK_MODEL": model])
  }

  private func generate(_ arguments: String...) throws -> CommandLineProgram.Outcome {
    let outcome = try flipbook(["generate", "a ball", "--seed", "7"] + arguments)
    #expect(outcome.code == 0, "\(outcome.errors)")
    return outcome
  }

  private func bytes(_ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: folder.path(name)))
  }

  private func frameCount(_ name: String) throws -> Int? {
    try VideoReader(folder.path(name)).facts.frameCount
  }

  private func inspect(_ name: String) throws -> JSONValue {
    try JSONValue(parsing: flipbook(["inspect", name, "--json"]).output)
  }

  /// A storyboard whose second shot begins with a picture, from its own folder, and the command that
  /// makes the video again.
  @Test func aShotBeginsWithAPicture() throws {
    let story =
      #"{"seed": 7, "size": "96x48", "steps": 2, "shots": "#
      + #"[{"prompt": "a ball", "duration": 0.5}, {"prompt": "red", "duration": 0.5, "first_frame": "PIC"}]}"#
    func write(_ picture: String) throws {
      let url = URL(fileURLWithPath: folder.path("s.json"))
      try Data(story.replacing("PIC", with: picture).utf8).write(to: url)
    }
    try write("cat.png")
    let outcome = try flipbook(["generate", "--storyboard", "s.json", "-o", "x.mp4"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let inspection = try inspect("x.mp4")
    #expect(inspection["metadata"]?["options"]?["shot-frames"]?.string == "2=cat.png")
    #expect(inspection["inputs"]?.array?.first?["state"]?.string == "unchanged")
    let again = try flipbook([
      "generate", "[cut 0.5s] a ball [cut 0.5s] red", "--shot-frames", "2=cat.png", "--seed", "7",
      "--size", "96x48", "--steps", "2", "-o", "y.mp4",
    ])
    #expect(again.code == 0, "\(again.errors)")
    #expect(try bytes("x.mp4") == bytes("y.mp4"))

    try write("none.png")
    let missing = try flipbook(["generate", "--storyboard", "s.json", "-o", "z.mp4"])
    #expect(missing.code == 4 && missing.errors.contains("none.png"), "\(missing.errors)")
    for (arguments, code, words) in [
      (["--shot-frames", "3=cat.png"], 2, "which has 1"), (["--shot-frames", "x"], 2, "2=b.png"),
      (["--shot-frames", "2=cat.png", "--video", "x.mp4"], 2, "do not go together"),
    ] {
      let bad = try flipbook(["generate", "a", "-o", "z.mp4"] + arguments)
      #expect(bad.code == code && bad.errors.contains(words), "\(bad.errors)")
    }
    #expect(try folder.contents() == ["cat.png", "model", "s.json", "x.mp4", "y.mp4"])
  }

  /// The video tells which pictures it was made from, and whether they are still what they were.
  @Test func picturesAreRemembered() throws {
    let outcome = try generate(
      "--first-frame", "cat.png", "--last-frame", "cat.png", "--last-frame-until", "0.5",
      "--frames", "9", "-o", "x.mp4")
    #expect(outcome.errors.contains("cat.png is 96x48"))
    let found = try inspect("x.mp4")
    #expect(found["size"] == "176x96")
    let inputs = try #require(found["inputs"]?.array)
    #expect(inputs.map { $0["option"]?.string } == ["first-frame", "last-frame"])
    #expect(inputs.allSatisfy { $0["state"] == "unchanged" })
    let command = try #require(found["command"]?.string)
    let original = try bytes("x.mp4")
    let again = try CommandLineProgram.run(
      [], in: folder, environment: ["FLIPBOOK_MODEL": model, "FLIPBOOK_THREADS": "1"],
      limits: "flipbook() { \"$0\" \"$@\"; }; "
        + command.replacing(" --model model", with: "") + "; exit")
    #expect(again.code == 0, "\(again.errors)")
    #expect(try bytes("x.mp4") == original)
    try write(3, "cat.png")
    #expect(try inspect("x.mp4")["inputs"]?.array?.first?["state"] == "changed")
    #expect(try flipbook(["inspect", "x.mp4"]).output.contains("(changed)"))
  }

  @Test func aFrameOfAVideoIsAPicture() throws {
    _ = try generate("--size", "32x32", "--frames", "5", "-o", "clip.mp4")
    _ = try generate("--first-frame", "clip.mp4#-1", "--frames", "5", "-o", "a.mp4")
    _ = try generate("--first-frame", "clip.mp4#4", "--frames", "5", "-o", "b.mp4")
    let reader = (try VideoReader(folder.path("a.mp4")), try VideoReader(folder.path("b.mp4")))
    #expect(reader.0.facts.size == PictureSize(width: 128, height: 128))
    #expect(try reader.0.next() == reader.1.next())
  }

  @Test func videosAreGoneOnWith() throws {
    _ = try generate("--size", "64x32", "--frames", "9", "-o", "clip.mp4")
    _ = try generate(
      "--video", "clip.mp4", "--size", "64x32", "--frames", "5", "-o", "new.mp4")
    #expect(try frameCount("new.mp4") == 5)
    _ = try generate(
      "--video", "clip.mp4", "--keep-video", "--size", "64x32", "--frames", "5", "-o", "all.mp4")
    #expect(try frameCount("all.mp4") == 14)
    _ = try generate("--video", "clip.mp4", "--strength", "0.5", "-o", "other.mp4")
    #expect(try frameCount("other.mp4") == 9)
    #expect(try VideoReader(folder.path("other.mp4")).facts.size.description == "176x96")
    _ = try generate(
      "--video", "clip.mp4", "--strength", "0", "--frames", "5", "--size", "64x32", "-o", "f/")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("f"))
    #expect(names.count == 5)
  }

  /// Longer than the model's sequences: stretches, each with its steps.
  @Test func longVideos() throws {
    let plan = try JSONValue(
      parsing: generate("--duration", "1", "--size", "32x32", "--dry-run", "--json").output)["plan"]
    #expect(plan?["stretches"] == 6 && plan?["stretch_frames"] == 5)
    let inputs = try JSONValue(
      parsing: generate("--first-frame", "cat.png", "--dry-run", "--json").output)["inputs"]
    #expect(inputs?.array?.first?["file"] == "cat.png")
    let outcome = try generate("--duration", "1", "--size", "32x32", "-o", "x.mp4")
    #expect(outcome.errors.contains("step 18/18"))
    #expect(try frameCount("x.mp4") == 25)
    try Data("0-0.5s: a ball\n0.5-1s: red red\n".utf8).write(
      to: URL(fileURLWithPath: folder.path("times.txt")))
    let timed = try flipbook([
      "generate", "--prompt-file", "times.txt", "--seed", "7", "--size", "32x32", "-o", "t.mp4",
    ])
    #expect(timed.code == 0, "\(timed.errors)")
    #expect(try frameCount("t.mp4") == 25)
    #expect(try bytes("t.mp4") != bytes("x.mp4"))
  }

  /// One frame is a picture, which tells how it was made as a video does.
  @Test func textToImage() throws {
    let outcome = try generate("--frames", "1", "--size", "64x32")
    #expect(outcome.output == "a-ball-7.png\n")
    _ = try generate("--frames", "1", "--size", "64x32", "-o", "x.png")
    #expect(try bytes("x.png") == bytes("a-ball-7.png"))
    #expect(try PictureReader.read(folder.path("x.png")).size.description == "64x32")
    let found = try inspect("x.png")
    #expect(found["metadata"]?["prompt"] == "a ball" && found["size"] == "64x32")
    #expect(found["command"]?.string?.contains("--frames 1") == true)
    #expect(try flipbook(["inspect", "cat.png"]).output.contains("unknown"))
  }

  /// Interrupted behind the first stretch, with a first frame, and taken up.
  @Test func latentsGoOnWithTheirPictures() throws {
    let options = [
      "generate", "a ball", "--seed", "3", "--steps", "30", "--first-frame", "cat.png", "--size",
      "64x32", "--frames", "21",
    ]
    let environment = ["FLIPBOOK_MODEL": model]
    let whole = try CommandLineProgram.run(
      options + ["-o", "whole.mp4"], in: folder, environment: environment)
    #expect(whole.code == 0, "\(whole.errors)")
    let cut = try CommandLineProgram.run(
      options + [
        "-o", "cut.mp4", "--save-latents", "l.safetensors", "--preview", "p.png",
      ], in: folder, environment: environment
    ) { process in
      // Saved at the end of the first stretch for the first time.
      try waitForFile(folder.path("l.safetensors"), process)
      kill(process.processIdentifier, SIGINT)
    }
    #expect(cut.code == 130, "\(cut.errors)")
    #expect(
      try folder.contents() == ["cat.png", "l.safetensors", "model", "p.png", "whole.mp4"])
    let resume = ["generate", "--from-latents", "l.safetensors", "-o", "rest.mp4"]
    let rest = try flipbook(resume)
    #expect(rest.code == 0, "\(rest.errors)")
    #expect(!rest.errors.contains("step 1/"))
    #expect(try bytes("rest.mp4") == bytes("whole.mp4"))
    try write(3, "cat.png")
    let changed = try flipbook(resume)
    #expect(changed.code == 4 && changed.errors.contains("has changed since"))
  }

  @Test(arguments: [
    (["--first-frame", "none.png"], 4, "none.png"), (["--first-frame", "model"], 4, "directory"),
    (["--last-frame", "text.png"], 4, "unknown kind"), (["--first-frame", "wide.png"], 4, "2.5"),
    (["--first-frame", "broken.png"], 4, "damaged"), (["--video", "cat.png"], 4, "a PNG picture"),
    (["--video", "none.mp4"], 4, "none.mp4"), (["--video", "text.png"], 4, "unknown kind"),
    (["--ratio", "adaptive"], 2, "a picture or a video"),
    (["--first-frame", "cat.png#3"], 4, "a PNG picture"),
    (["--first-frame", "cat.png", "--last-frame", "cat.png", "--frames", "5"], 2, "--frames"),
    (["--frames", "5", "-o", "x.png"], 2, "--output"),
  ])
  func badInput(options: [String], code: Int32, words: String) throws {
    try Data("hello".utf8).write(to: URL(fileURLWithPath: folder.path("text.png")))
    try PNGWriter.write(Picture(width: 300, height: 100), to: folder.path("wide.png"))
    try bytes("cat.png").prefix(200).write(to: URL(fileURLWithPath: folder.path("broken.png")))
    let before = try folder.contents()
    let outcome = try flipbook(["generate", "a ball"] + options)
    #expect(outcome.code == code, "\(outcome.errors)")
    #expect(outcome.errors.contains(words), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
    #expect(try folder.contents() == before)
  }

  @Test func videosThatAreTooShortOrNone() throws {
    _ = try generate("--size", "32x32", "--frames", "9", "-o", "clip.mp4")
    for (options, code, words) in [
      (["--video", "clip.mp4", "--strength", "0.5", "--frames", "13"], Int32(2), "at most the 9"),
      (["--first-frame", "clip.mp4#9"], 4, "9 frames"),
      (["--first-frame", "clip.mp4"], 4, "clip.mp4#-1"),
    ] {
      let outcome = try flipbook(["generate", "a ball"] + options)
      #expect(outcome.code == code, "\(outcome.errors)")
      #expect(outcome.errors.contains(words), "\(outcome.errors)")
      #expect(try folder.contents() == ["cat.png", "clip.mp4", "model"])
    }
  }
}
