import Testing

@testable import Flipbook

@Suite struct TimedPromptTests {
  @Test func partsFollowOneAnother() throws {
    let timed = try #require(
      try TimedPrompt("0-2s: a red ball rolls\n\n 2 – 4.5 s :  it jumps: high \r\n"))
    #expect(timed.parts.map(\.text) == ["a red ball rolls", "it jumps: high"])
    #expect(timed.parts.map(\.start) == [0, 2] && timed.seconds == 4.5)
    #expect(timed.text == "0-2s: a red ball rolls\n2-4.5s: it jumps: high")
    #expect(try TimedPrompt(timed.text) == timed)
  }

  @Test(arguments: [
    "a red ball", "", "2 balls: red", "note: a 0-2s: b", "-2s: a", "0-2: a", "0-xs: a",
    "a red ball\n0-2s: b",
  ])
  func otherPrompts(prompt: String) throws {
    #expect(try TimedPrompt(prompt) == nil)
  }

  @Test(arguments: [
    ("1-2s: a", "nothing is said about 0 to 1 s"),
    ("0-2s: a\n3-4s: b", "nothing is said about 2 to 3 s"),
    ("0-2s: a\n1-3s: b", "1 to 2 s is said twice"),
    ("0-2s: a\n2-4s: b\n1-2s: c", "the order is wrong"),
    ("0-2s: a\n2-2s: b", "ends before it begins"), ("2-0s: a", "ends before it begins"),
    ("0-2s: a\nb", "has no time"), ("0-2s:", "says nothing"),
    ("0-2s: a [cut] b", "holds a cut"),
  ])
  func brokenTimes(prompt: String, words: String) {
    let error = #expect(throws: FlipbookError.self) { try TimedPrompt(prompt, source: "p.txt") }
    #expect(error?.exitCode == .badInput)
    #expect(error?.description.hasPrefix("p.txt, line ") == true)
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
  }

  @Test func aFileOfTimesIsOnePrompt() throws {
    let text = "0-1s: a ball\n1-2s: a cube\n"
    let requests = try PromptFile.requests(
      text: text, source: "p.txt", base: GenerationRequest(prompt: ""))
    #expect(requests.map(\.prompt) == ["0-1s: a ball\n1-2s: a cube"])
    try requests[0].validate()
    #expect(requests[0].askedLength == .seconds(2))
    var other = requests[0]
    other.length = .frames(25)
    #expect(throws: FlipbookError.self) { try other.validate() }
    other.length = .seconds(2)
    try other.validate()
    // A length that no clip has.
    #expect(throws: FlipbookError.self) {
      try GenerationRequest(prompt: "0-1.1s: a").validate()
    }
  }
}
