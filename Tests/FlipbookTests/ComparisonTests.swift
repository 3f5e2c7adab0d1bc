import Flipbook
import Testing

@Suite struct ComparisonTests {
  /// A comparison as labels and settings, for messages and for eyes.
  private func read(_ text: String) throws -> [String] {
    try Comparison(parsing: text).variants.map { variant in
      "\(variant.label) | "
        + variant.settings.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
    }
  }

  @Test(arguments: [
    ("seed=1,seed=2", ["seed 1 | seed 1", "seed 2 | seed 2"]),
    ("seed:1, seed:2", ["seed 1 | seed 1", "seed 2 | seed 2"]),
    ("few=steps:8,many=steps:24", ["few | steps 8", "many | steps 24"]),
    ("A=steps=8,B=steps=24", ["A | steps 8", "B | steps 24"]),
    (
      "A=solver:heun+steps:4,solver=euler+steps=8",
      ["A | solver heun, steps 4", "solver euler, steps 8 | solver euler, steps 8"]
    ),
    (
      "all=guidance-interval:0,1,some=guidance-interval:0.2,0.8+zero-star:true",
      ["all | guidance-interval 0,1", "some | guidance-interval 0.2,0.8, zero-star true"]
    ),
    (
      "guidance-scale=1e+1,guidance-scale=1",
      ["guidance-scale 1e+1 | guidance-scale 1e+1", "guidance-scale 1 | guidance-scale 1"]
    ),
    ("two words=seed:1,B=seed:2", ["two words | seed 1", "B | seed 2"]),
  ])
  func comparisonsAreRead(text: String, expected: [String]) throws {
    #expect(try read(text) == expected)
  }

  @Test(arguments: [
    ("", "option=value"), ("seed=1", "2 to 6"), ("seed=1,2", "0 to 18446744073709551615"),
    ("seed=1,seed=2,seed=3,seed=4,seed=5,seed=6,seed=7", "2 to 6"),
    ("seed=1,seed=1", "two 'seed 1'"), ("A=seed:1,A=seed:2", "two 'A'"),
    ("seed=1,seed=x", "found 'seed x'"), ("steps=0,steps=4", "1 to 1000"),
    ("solver=unpic,solver=euler", "did you mean 'unipc'?"),
    ("A=sede:1,B=seed:2", "did you mean 'seed'?"), ("sede=1,seed=2", "did you mean 'seed=1'?"),
    ("A=steps,B=steps:2", "LABEL=option:value"), ("=seed:1,seed=2", "a label before"),
    ("size=64x64,size=32x32", "the same for all clips"),
    ("frames=5,frames=9", "the same for all clips"),
    ("A=watermark:true,B=watermark:false", "the same for all clips"),
    ("A=compare:seed=1,B=seed:1", "the same for all clips"),
    ("A=output:a.mp4,B=output:b.mp4", "the same for all clips"),
  ])
  func badComparisons(text: String, words: String) {
    let error = #expect(throws: FlipbookError.self) { try Comparison(parsing: text) }
    #expect(error?.exitCode == .usage)
    let said = "\(error?.description ?? "") \(error?.advice ?? "")"
    #expect(said.contains("--compare") && said.contains(words), "\(said)")
  }

  @Test func latentsBelongToOneClip() throws {
    var request = GenerationRequest(prompt: "a")
    request.comparison = try Comparison(parsing: "seed=1,seed=2")
    try request.validate()
    request.saveLatents = "l"
    #expect(throws: FlipbookError.self) { try request.validate() }
  }

  /// The clips that wait take memory: what would take too much is refused before it begins.
  @Test func whatDoesNotFitIsRefused() throws {
    let folder = try TemporaryFolder()
    let generator = try VideoGenerator(model: TinyModel.make(at: folder.path("model")), threads: 1)
    var request = GenerationRequest(prompt: "a")
    request.output = folder.path("a.mp4")
    request.comparison = try Comparison(parsing: "seed=1,seed=2,seed=3,seed=4")
    request.size = FrameSize(width: 864, height: 480)
    request.length = .frames(289)
    let error = #expect(throws: FlipbookError.self) { try generator.prepare([request]) }
    #expect(error?.exitCode == .memory)
    #expect(error?.description.contains("--compare") == true)
  }
}
