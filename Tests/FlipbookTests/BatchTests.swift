import Flipbook
import Testing

@Suite struct BatchTests {
  private func request(_ prompt: String, seed: UInt64? = nil, output: String? = nil)
    -> GenerationRequest
  {
    var request = GenerationRequest(prompt: prompt)
    request.seed = seed
    request.output = output
    return request
  }

  @Test func seedsFollowEachOther() throws {
    let items = try Batch.expand([request("a boat", seed: .max)], count: 3)
    #expect(items.map(\.seed) == [.max, 0, 1])
    #expect(items[1].output == "a-boat-0.mp4")
  }

  @Test func aSeedIsDrawnForEachRequest() throws {
    var next: UInt64 = 40
    let items = try Batch.expand([request("a"), request("b", seed: 3)], count: 2) {
      next += 10
      return next
    }
    #expect(items.map(\.seed) == [50, 51, 3, 4])
  }

  @Test func sharedNamesAreNumbered() throws {
    let items = try Batch.expand(
      [request("a", seed: 1, output: "x.mp4"), request("b", seed: 1, output: "x.mp4")], count: 2)
    #expect(items.map(\.output) == ["x-1.mp4", "x-2.mp4", "x-3.mp4", "x-4.mp4"])
    let equal = try Batch.expand([request("a", seed: 1), request("a", seed: 1)], count: 1)
    #expect(equal.map(\.output) == ["a-1-1.mp4", "a-1-2.mp4"])
    let one = try Batch.expand([request("a", seed: 1, output: "x.mp4")], count: 1)
    #expect(one.map(\.output) == ["x.mp4"])
  }

  @Test func collisionsAreRefused() throws {
    #expect(throws: FlipbookError.self) {
      try Batch.expand(
        [
          request("a", output: "x.mp4"), request("b", output: "x.mp4"),
          request("c", output: "./x-1.mp4"),
        ], count: 1)
    }
    var resumed = request("a")
    resumed.fromLatents = "l.safetensors"
    #expect(throws: FlipbookError.self) { try Batch.expand([resumed], count: 2) }
  }

  @Test func promptFiles() throws {
    var base = GenerationRequest(prompt: "")
    base.steps = 9
    base.seed = 5
    let text = """
      a red ball

        a blue cube \r
      {"prompt": "a boat", "steps": 3, "seed": 18446744073709551615, "ratio": "16:9"}
      """
    let requests = try PromptFile.requests(text: text, source: "p.txt", base: base)
    try #require(requests.count == 3)
    #expect(requests.map(\.prompt) == ["a red ball", "a blue cube", "a boat"])
    #expect(requests.map(\.steps) == [9, 9, 3])
    #expect(requests.map(\.seed) == [5, 5, .max])
    #expect(requests[2].ratio == .wide)
  }

  @Test(arguments: [
    ("\n\n", "it holds no prompt"), ("{\"steps\": 3}", "a string 'prompt'"),
    ("ok\n{\"prompt\": 3}", "line 2"), ("{\"prompt\": \"a\", \"prompt\": \"b\"}", "line 1"),
    ("{\"prompt\": \"a\", \"stpes\": 1}", "unknown key 'stpes'"),
    ("{\"prompt\": \"a\", \"threads\": 1}", "unknown key 'threads'"), ("{", "column"),
  ])
  func badPromptFiles(text: String, problem: String) throws {
    let error = #expect(throws: FlipbookError.self) {
      try PromptFile.requests(
        text: text, source: "p.txt", base: GenerationRequest(prompt: ""))
    }
    #expect(error?.exitCode == .badInput)
    #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
  }
}
