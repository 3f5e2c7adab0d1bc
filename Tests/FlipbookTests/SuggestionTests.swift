import Flipbook
import Testing

@Suite struct SuggestionTests {
  @Test(arguments: [
    ("stesp", "steps"), ("sed", "seed"), ("guidence-scale", "guidance-scale"),
    ("negative", "negative-prompt"), ("outptu", "output"),
  ])
  func findsWhatWasMeant(word: String, meant: String) {
    #expect(Suggestion.nearest(to: word, in: GenerationRequest.options.map(\.name)) == meant)
  }

  @Test(arguments: ["banana", "x", "", "zzzzzzzzzzzz"])
  func saysNothingWhereNothingIsNear(word: String) {
    #expect(Suggestion.nearest(to: word, in: ["steps", "frames", "solver"]) == nil)
  }

  /// The distance is a metric on these words, and a swap counts once.
  @Test func distanceCountsEdits() {
    #expect(Suggestion.distance("", "") == 0)
    #expect(Suggestion.distance("seed", "") == 4)
    #expect(Suggestion.distance("steps", "stpes") == 1)
    #expect(Suggestion.distance("kitten", "sitting") == 3)
    let words = ["seed", "steps", "speed", "step", "", "size"]
    for a in words {
      for b in words {
        #expect(Suggestion.distance(a, b) == Suggestion.distance(b, a))
        #expect((Suggestion.distance(a, b) == 0) == (a == b))
      }
    }
  }
}
