import Checkpoint
import Foundation
import Testing

@testable import Flipbook

@Suite struct StoryboardTests {
  private func storyboard(_ json: String) throws -> Storyboard {
    try Storyboard(json: JSONValue(parsing: json), source: "story.json") { "dir/\($0)" }
  }

  @Test func becomesOnePrompt() throws {
    let story = try storyboard(
      """
      {"global": "watercolour, a meadow", "seed": 7, "ratio": "16:9", "steps": 9, "preview": "p.png",
       "shots": [{"prompt": "a red ball bounces", "duration": 1.5}, {"prompt": "close-up"},
                 {"prompt": "it spins", "duration": 2}]}
      """)
    let request = try story.request(base: GenerationRequest(prompt: "other"))
    #expect(
      request.prompt
        == "watercolour, a meadow || [cut 1.5s] a red ball bounces [cut] close-up [cut 2s] it spins"
    )
    #expect(request.seed == 7 && request.ratio == .wide && request.steps == 9)
    #expect(request.preview == "dir/p.png")
  }

  @Test func theCommandLineGoesFirst() throws {
    let story = try storyboard(
      #"{"seed": 7, "ratio": "16:9", "frames": 25, "shots": [{"prompt": "a ball"}]}"#)
    var base = GenerationRequest(prompt: "")
    base.seed = 1
    base.size = FrameSize(width: 64, height: 64)
    let request = try story.request(base: base, explicit: ["seed", "size"])
    #expect(request.seed == 1 && request.size == base.size && request.ratio == nil)
    #expect(request.length == .frames(25))
    #expect(try story.request(base: base).seed == 7)
  }

  /// Paths are relative to the file; the first shot's picture is the clip's.
  @Test func picturesOfShots() throws {
    let story = try storyboard(
      #"{"shots": [{"prompt": "a", "first_frame": "a.png"}, {"prompt": "b"}, "#
        + #"{"prompt": "c", "first_frame": "c.png"}]}"#)
    let request = try story.request(base: GenerationRequest(prompt: ""))
    #expect(request.firstFrame == "dir/a.png" && request.shotFrames == [3: "dir/c.png"])
    var base = GenerationRequest(prompt: "")
    base.firstFrame = "x.png"
    let explicit = try story.request(base: base, explicit: ["first-frame", "shot-frames"])
    #expect(explicit.firstFrame == "x.png" && explicit.shotFrames.isEmpty)
    let twice = try storyboard(
      #"{"first-frame": "b.png", "shots": [{"prompt": "a", "first_frame": "a.png"}]}"#)
    #expect(throws: FlipbookError.self) { try twice.request(base: GenerationRequest(prompt: "")) }
  }

  @Test func picturesOfShotsAsAnOption() throws {
    let pictures = try ShotPictures.parse("2=a,b.png,4=c=d.png", "shot-frames")
    #expect(pictures == [2: "a,b.png", 4: "c=d.png"])
    #expect(try ShotPictures.parse(ShotPictures.text(pictures), "shot-frames") == pictures)
    for text in ["", "a.png", "1=a", "7=a", "2=", "2=a,2=b", "=a", "2.5=a"] {
      #expect(throws: FlipbookError.self, "\(text)") { try ShotPictures.parse(text, "shot-frames") }
    }
  }

  @Test(
    arguments: [
      ("3", "it is the number 3", "shots"),
      ("{}", "'shots' is missing", "\"shots\""),
      (#"{"shots": []}"#, "'shots' is a list of 0", ""),
      (#"{"shots": "a"}"#, "'shots' is the string", ""),
      (#"{"shots": ["a"]}"#, "it is the string \"a\"", ""),
      (#"{"shots": [{"duration": 1}]}"#, "it has no 'prompt'", ""),
      (#"{"shots": [{"prompt": " "}]}"#, "'prompt' is", ""),
      (#"{"shots": [{"prompt": "a", "durations": 1}]}"#, "unknown field 'durations'", "'duration'"),
      (#"{"shots": [{"prompt": "a", "first-frame": "x"}]}"#, "'first-frame'", "'first_frame'"),
      (#"{"shots": [{"prompt": "a", "duration": 0}]}"#, "'duration' is the number 0", ""),
      (#"{"shots": [{"prompt": "a", "duration": "2s"}]}"#, "'duration' is the string", ""),
      (#"{"shots": [{"prompt": "a", "first_frame": 3}]}"#, "'first_frame' is the number 3", ""),
      (#"{"shots": [{"prompt": "a [cut] b"}]}"#, "divides itself", "entry of 'shots'"),
      (#"{"shots": [{"prompt": "a || b"}]}"#, "divides itself", ""),
      (#"{"shots": [{"prompt": "a [cut 2s"}]}"#, "no closing bracket", ""),
      (#"{"global": "x || y", "shots": [{"prompt": "a"}]}"#, "'global' divides itself", ""),
      (#"{"shots": [{"prompt": "a --seed 3"}]}"#, "'prompt' holds --seed", "beside 'shots'"),
      (#"{"shot": [], "shots": [{"prompt": "a"}]}"#, "unknown field 'shot'", "'shots'"),
      (#"{"sede": 3, "shots": [{"prompt": "a"}]}"#, "unknown field 'sede'", "'seed'"),
      (
        #"{"shots": [{"prompt": "a"},{"prompt": "a"},{"prompt": "a"},{"prompt": "a"},"#
          + #"{"prompt": "a"},{"prompt": "a"},{"prompt": "a"}]}"#, "7 shots, at most 6", ""
      ),
    ])
  func badStoryboards(json: String, problem: String, advice: String) throws {
    do {
      _ = try storyboard(json)
      Issue.record("accepted")
    } catch let error as FlipbookError {
      #expect(error.exitCode == .badInput)
      #expect(error.description.contains("story.json"))
      #expect(error.description.contains(problem), "\(error)")
      #expect(advice.isEmpty || error.advice?.contains(advice) == true, "\(error.advice ?? "")")
    }
  }

  @Test func badOptionsInAStoryboard() throws {
    let story = try storyboard(#"{"seed": "x", "shots": [{"prompt": "a"}]}"#)
    #expect(throws: FlipbookError.self) { try story.request(base: GenerationRequest(prompt: "")) }
    let both = try storyboard(#"{"frames": 5, "duration": 1, "shots": [{"prompt": "a"}]}"#)
    #expect(throws: FlipbookError.self) { try both.request(base: GenerationRequest(prompt: "")) }
  }

  /// One to six shots with lengths: the clip has their sum, each shot its frames, and cuts fall where
  /// they were asked for.
  @Test(arguments: 1...6)
  func plansOfShots(count: Int) throws {
    let folder = try TemporaryFolder()
    let model = try TinyModel.make(at: folder.path("model"))
    let list = (1...count).map { #"{"prompt": "a", "duration": \#(Double($0) / 2)}"# }
    let story = try storyboard(#"{"seed": 1, "shots": [\#(list.joined(separator: ","))]}"#)
    let generator = try VideoGenerator(model: model, threads: 1)
    var request = try story.request(base: GenerationRequest(prompt: ""))
    request.output = folder.path("x.mp4")
    let job = try generator.prepare([request])[0]
    #expect(job.notes.isEmpty)
    #expect(job.plan.shots.count == count)
    #expect(job.plan.frames == 1 + 12 * (1...count).reduce(0, +))
    for (index, shot) in job.plan.shots.enumerated() {
      #expect(shot.frames.count == 12 * (index + 1) + (index == 0 ? 1 : 0))
      #expect(shot.latents.count == 3 * (index + 1) + (index == 0 ? 1 : 0))
      #expect(shot.pictureTokens == shot.latents.count * 2 * 4)
      #expect(shot.textPlaces.count == shot.textTokens)
    }
    #expect(job.plan.shots.last?.frames.upperBound == job.plan.frames)
  }

  @Test func roundedLengthsAreSaid() throws {
    let folder = try TemporaryFolder()
    let model = try TinyModel.make(at: folder.path("model"))
    var request = GenerationRequest(prompt: "[cut 1s] a [cut 1.1s] b")
    request.output = folder.path("x.mp4")
    let job = try VideoGenerator(model: model, threads: 1).prepare([request])[0]
    #expect(job.notes.count == 1)
    #expect(job.notes[0].contains("shot 2 lasts 1.17 s, not 1.10 s"), "\(job.notes)")
    // Nine frames, the clip's first among them, and eight: just what was asked.
    request.prompt = "[cut 0.375s] a [cut 0.333s] b"
    #expect(try VideoGenerator(model: model, threads: 1).prepare([request])[0].notes.isEmpty)
  }
}
