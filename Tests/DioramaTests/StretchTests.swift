import Testing

@testable import Diorama

@Suite struct StretchTests {
  private static let lengths = Stretch.Lengths(longest: 13, native: 7)

  private func windows(_ stretches: [Stretch]) -> [[Int]] {
    stretches.map { [$0.start, $0.end, $0.given] }
  }

  private func divide(_ count: Int, opening: Int = 0) -> [Stretch] {
    Stretch.divide(
      shots: [Stretch.Passage(text: "a", frames: count)], opening: opening, lengths: Self.lengths)
  }

  @Test func whatTheModelKnowsIsMadeAtOnce() {
    #expect(windows(divide(1)) == [[0, 1, 0]])
    #expect(windows(divide(13, opening: 3)) == [[0, 13, 3]])
  }

  /// What is new is shared equally; no stretch is longer than the model's own, and none takes over
  /// less than it should.
  @Test func longClipsAreMadeOfStretches() {
    #expect(windows(divide(14)) == [[0, 7, 0], [3, 10, 4], [7, 14, 3]])
    for count in 14...80 {
      let stretches = divide(count, opening: 2)
      #expect(stretches[0].given == 2 && stretches.last?.end == count)
      for (before, next) in zip(stretches, stretches.dropFirst()) {
        #expect(next.frames == 7 && next.given >= 3 && next.given < 7)
        #expect(next.start + next.given == before.end && next.start >= before.start)
      }
    }
    #expect(divide(361).count == 90)
  }

  @Test func shotsAreCutWhereAStretchIs() {
    let stretches = Stretch.divide(
      shots: [Stretch.Passage(text: "a", frames: 5), Stretch.Passage(text: "b", frames: 9)],
      opening: 0, lengths: Self.lengths)
    #expect(stretches.map(\.texts) == [["a", "b"], ["a", "b"], ["b"]])
    #expect(stretches.map(\.shotFrames) == [[5, 2], [2, 5], [7]])
  }

  /// A stretch ends where the text changes, and has the text of what is new in it.
  @Test func textsChangeBetweenStretches() {
    let stretches = Stretch.divide(
      passages: [
        Stretch.Passage(text: "a", frames: 4), Stretch.Passage(text: "b", frames: 2),
        Stretch.Passage(text: "c", frames: 6),
      ], opening: 0, lengths: Self.lengths)
    #expect(windows(stretches) == [[0, 4, 0], [0, 6, 4], [2, 9, 4], [5, 12, 4]])
    #expect(stretches.map(\.texts) == [["a"], ["b"], ["c"], ["c"]])
    #expect(stretches.allSatisfy { $0.shotFrames == [$0.frames] })
  }

  /// Models of the smallest clips take over what they can.
  @Test func shortModels() {
    let lengths = Stretch.Lengths(longest: 2, native: 2)
    #expect(lengths.overlap == 1)
    let stretches = Stretch.divide(
      shots: [Stretch.Passage(text: "a", frames: 4)], opening: 0, lengths: lengths)
    #expect(windows(stretches) == [[0, 2, 0], [1, 3, 1], [2, 4, 1]])
  }
}
