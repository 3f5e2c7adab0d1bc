import Testing

@testable import Text

@Suite struct ShotPromptTests {
  typealias Shot = ShotPrompt.Shot

  @Test func onePromptIsOneShot() throws {
    let prompt = try ShotPrompt(parsing: "  a red ball bounces\n")
    #expect(prompt.shots == [Shot(text: "a red ball bounces")])
    #expect(prompt.global == nil)
  }

  @Test(arguments: [
    "a [cut] b", "a[CUT]b", "a [SHOT CUT] b", "a [Shot  cut ] b", "a\n[镜头切换]\nb", "a [ cut ] b",
  ])
  func marksDivide(_ text: String) throws {
    #expect(try ShotPrompt(parsing: text).shots == [Shot(text: "a"), Shot(text: "b")])
  }

  @Test(arguments: [
    ("[cut 1.5s]", 1.5), ("[cut 2s]", 2), ("[Cut  0.25 S ]", 0.25), ("[shot cut 3s]", 3),
    ("[镜头切换 .5s]", 0.5), ("[cut3s]", 3),
  ])
  func markGivesTheLengthOfTheShotThatFollows(_ mark: String, _ seconds: Double) throws {
    let prompt = try ShotPrompt(parsing: "a \(mark) b [cut] c")
    #expect(prompt.shots == [Shot(text: "a"), Shot(text: "b", seconds: seconds), Shot(text: "c")])
  }

  @Test func lengthOfTheFirstShot() throws {
    let shots = [Shot(text: "a", seconds: 2), Shot(text: "b", seconds: 1)]
    #expect(try ShotPrompt(parsing: "[cut 2s] a [cut 1s] b").shots == shots)
    let led = [Shot(text: "g a", seconds: 2), Shot(text: "g b", seconds: 1)]
    #expect(try ShotPrompt(parsing: "g || [cut 2s] a [cut 1s] b").shots == led)
    #expect(try ShotPrompt(parsing: "[cut 2s] g || a [cut 1s] b").shots == led)
  }

  @Test func globalTextLeadsEveryShot() throws {
    let prompt = try ShotPrompt(parsing: " at night,  ||  a ball rolls [cut] a bird flies")
    #expect(prompt.global == "at night,")
    #expect(
      prompt.shots == [Shot(text: "at night, a ball rolls"), Shot(text: "at night, a bird flies")])
    #expect(try ShotPrompt(parsing: "g || a").shots == [Shot(text: "g a")])
  }

  @Test(arguments: [
    "[cute cats]", "[cutaway]", "a | b", "[x] and ]", "[", "cut", "[shot", "[shotcut]",
    "[镜头]", "[镜头切换到]", "(cut)",
  ])
  func otherBracketsAreText(_ text: String) throws {
    #expect(try ShotPrompt(parsing: text).shots == [Shot(text: text)])
  }

  @Test(arguments: ["", "  \n", "\u{200B}\u{3000}\0", "\u{301}"])
  func emptyPrompts(_ text: String) {
    #expect(throws: TextError.emptyPrompt) { try ShotPrompt(parsing: text) }
  }

  @Test(arguments: [
    ("[cut] a", 1), ("a [cut]", 2), ("a [cut][cut] b", 2), ("[cut]", 1), ("a [cut] \u{200B}", 2),
    ("g ||", 1), ("g || [cut] b", 1), ("[cut 2s]", 1), ("[cut 2s][cut 3s] a", 1),
    ("a [cut 2s] [cut 1s] b", 2),
  ])
  func emptyShots(_ text: String, _ shot: Int) {
    #expect(throws: TextError.emptyShot(shot)) { try ShotPrompt(parsing: text) }
  }

  @Test func globalMarks() {
    #expect(throws: TextError.emptyGlobalText) { try ShotPrompt(parsing: "|| a") }
    #expect(throws: TextError.misplacedGlobalMark(shot: 1)) {
      try ShotPrompt(parsing: "g || a || b")
    }
    #expect(throws: TextError.misplacedGlobalMark(shot: 2)) {
      try ShotPrompt(parsing: "a [cut] g || b")
    }
  }

  @Test(arguments: [
    "[cut 0s]", "[cut -1s]", "[cut 1.5]", "[cut s]", "[cut nans]", "[cut infs]", "[cut 0x2s]",
    "[cut 1e3s]", "[cut 1,5s]", "[cut 1.2.3s]", "[cut .s]", "[cut to black]", "[cut 1m]",
    "[cut 1.5s 2s]", "[cut \(String(repeating: "9", count: 400))s]",
  ])
  func badLengths(_ mark: String) {
    #expect(throws: TextError.shotLength(mark: mark)) { try ShotPrompt(parsing: "a \(mark) b") }
  }

  @Test(arguments: ["[cut", "[cut 1s", "[cut [cut] b", "[SHOT CUT 2"])
  func unclosedMarks(_ mark: String) {
    #expect(throws: TextError.unclosedMark(mark)) { try ShotPrompt(parsing: "a " + mark) }
  }

  @Test func atMostSixShots() throws {
    let six = Array(repeating: "a", count: 6).joined(separator: "[cut]")
    #expect(try ShotPrompt(parsing: six).shots.count == 6)
    let error = TextError.tooManyShots(found: 7, limit: 6)
    #expect(throws: error) { try ShotPrompt(parsing: six + "[cut]a") }
    #expect(throws: TextError.tooManyShots(found: 6, limit: 3)) {
      try ShotPrompt(parsing: six, maximumShots: 3)
    }
  }

  /// Whatever is typed ends in shots with text, or in one of the errors; never in a trap.
  @Test func anyOrderOfPartsIsHandled() {
    let parts = ["[cut]", "[cut 1s]", "||", "|", "[", "]", "cut", " ", "a", "é", "[镜头切换", "s]"]
    var random = SplitMix(state: 7)
    for _ in 0..<3000 {
      let count = Int.random(in: 1...7, using: &random)
      let text = (0..<count).map { _ in parts.randomElement(using: &random) ?? "" }.joined()
      guard let prompt = try? ShotPrompt(parsing: text) else { continue }
      #expect(!prompt.shots.isEmpty)
      #expect(prompt.shots.allSatisfy { !BasicTokenizer.isBlank($0.text) }, "\(text)")
      #expect(prompt.shots.allSatisfy { !$0.text.contains("||") }, "\(text)")
    }
  }
}

/// Steele, Lea and Flood 2014: the same numbers in every run.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
