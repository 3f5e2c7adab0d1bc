import Flipbook
import Testing

/// The reference service's words at the end of a prompt.
@Suite struct ServiceWordsTests {
  private func request(
    _ prompt: String, explicit: Set<String> = [],
    _ set: (inout GenerationRequest) -> Void = { _ in }
  ) throws -> (GenerationRequest, notes: [String]) {
    var request = GenerationRequest(prompt: prompt)
    set(&request)
    var notes: [String] = []
    try ServiceWords.apply(to: &request, explicit: explicit) { notes.append($0) }
    return (request, notes)
  }

  @Test(arguments: [
    "a ball --rt 16:9 --rs 720p --dur 5 --fps 24 --seed 11 --cf true --wm true",
    "a ball  --ratio 16:9 --resolution 720p --duration 5 --framespersecond 24 --seed 11"
      + " --camerafixed true --watermark true ",
    "a ball\n--RT=16:9 --Rs=720p --dur=5 --fps=24 --seed=11 --cf=1 --wm=on",
  ])
  func shortAndLongForms(prompt: String) throws {
    let (request, notes) = try request(prompt)
    var expected = GenerationRequest(prompt: "a ball")
    expected.ratio = .wide
    expected.resolution = .p720
    expected.length = .seconds(5)
    expected.seed = 11
    expected.cameraFixed = true
    expected.watermark = true
    #expect(request == expected)
    #expect(notes.isEmpty)
  }

  /// Everything else that a prompt may hold is text.
  @Test(arguments: [
    "a ball", "", "a ball -- it bounces", "a ball--red--rolls", "-o out.mp4", "球——滚动", "a --- b",
    "a ball - red", "--- --5",
  ])
  func promptsWithoutWords(prompt: String) throws {
    #expect(try request(prompt).0 == GenerationRequest(prompt: prompt))
  }

  @Test func camerasThatAreNotFixed() throws {
    #expect(try request("a ball --cf false").0 == GenerationRequest(prompt: "a ball"))
  }

  /// The service writes -1 for a seed that is drawn.
  @Test func drawnSeeds() throws {
    #expect(try request("a ball --seed -1") { $0.seed = 5 }.0.seed == nil)
  }

  @Test func theCommandLineGoesFirst() throws {
    let (ratio, notes) = try request("a ball --rt 16:9 --seed 3", explicit: ["ratio"]) {
      $0.ratio = .square
    }
    #expect(ratio.ratio == .square && ratio.seed == 3)
    #expect(notes == ["--rt 16:9 in the prompt gives way to --ratio"])
    let (size, _) = try request("a ball --rt 16:9", explicit: ["size"]) {
      $0.size = FrameSize(width: 64, height: 64)
    }
    #expect(size.size == FrameSize(width: 64, height: 64) && size.ratio == nil)
    let (frames, _) = try request("a ball --dur 5", explicit: ["frames"]) { $0.length = .frames(5) }
    #expect(frames.length == .frames(5))
    // What an environment or a config file says does not.
    #expect(try request("a ball --rt 16:9") { $0.ratio = .square }.0.ratio == .wide)
  }

  @Test(
    arguments: [
      ("a ball --rt 16:10", "--rt in the prompt: found '16:10'", "--rt"),
      ("a ball --dur long", "--dur in the prompt: found 'long'", "--dur 5"),
      ("a ball --dur 700", "--dur in the prompt", "--dur"),
      (
        "a ball --framespersecond 30", "--framespersecond in the prompt: found '30', expected 24",
        ""
      ),
      ("a ball --seed x", "--seed in the prompt: found 'x'", "--seed 11"),
      ("a ball --cf maybe", "--cf in the prompt: found 'maybe'", "--cf true"),
      ("a ball --wm 2", "--wm in the prompt: found '2'", "--wm true"),
      ("a ball --rs 4k", "--rs in the prompt: found '4k'", ""),
      ("a ball --ratoi 16:9", "no word '--ratoi'", "did you mean --ratio?"),
      ("a ball --steps 5", "no word '--steps'", "--rt, --rs"),
      ("a ball --rt", "--rt in the prompt has no value", "--rt 16:9"),
      ("a ball --rt --dur 5", "--rt in the prompt has no value", ""),
      ("a ball --rt=", "--rt in the prompt has no value", ""),
      ("a ball --rt 1:1 --ratio 1:1", "--ratio and the same once more", "keep"),
      ("a ball --seed 3 bounces", "'bounces' behind --seed", "at the end"),
      ("a ball --seed 3 [cut] a cube", "'[cut]' behind --seed", "at the end"),
    ])
  func badWords(prompt: String, problem: String, advice: String) throws {
    do {
      _ = try request(prompt)
      Issue.record("accepted")
    } catch let error as FlipbookError {
      #expect(error.exitCode == .usage)
      #expect(error.description.contains(problem), "\(error)")
      #expect(advice.isEmpty || error.advice?.contains(advice) == true, "\(error.advice ?? "")")
    }
  }

  /// In a file of prompts, a line's own keys go before its words, and those before the command's base.
  @Test func filesOfPrompts() throws {
    var base = GenerationRequest(prompt: "")
    base.seed = 1
    let requests = try PromptFile.requests(
      text: """
        a ball --seed 2
        {"prompt": "a cube --seed 3 --rt 16:9", "seed": 4}
        a cone
        """, source: "p", base: base)
    #expect(requests.map(\.prompt) == ["a ball", "a cube", "a cone"])
    #expect(requests.map(\.seed) == [2, 4, 1])
    #expect(requests[1].ratio == .wide)
    let explicit = try PromptFile.requests(
      text: "a ball --seed 2", source: "p", base: base, explicit: ["seed"])
    #expect(explicit[0].seed == 1)
  }
}
