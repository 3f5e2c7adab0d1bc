import Layers
import Testing

@Suite struct AttentionPatternTests {
  private func keys(
    _ visibility: AttentionPattern.Visibility, queries: Int, keys: Int
  ) -> [Range<Int>] {
    let group = AttentionPattern.Group(
      queries: [10..<10 + queries], keys: [0..<keys], visibility: visibility)
    return (0..<queries).map { group.visibleKeys(ofQuery: $0) }
  }

  @Test func rulesNameTheKeysOfEachQuery() {
    #expect(keys(.all, queries: 2, keys: 3) == [0..<3, 0..<3])
    #expect(keys(.causal(), queries: 3, keys: 3) == [0..<1, 0..<2, 0..<3])
    #expect(keys(.causal(block: 2), queries: 3, keys: 3) == [0..<2, 0..<2, 0..<3])
    #expect(
      keys(.window(before: 1, after: 1), queries: 4, keys: 4) == [0..<2, 0..<3, 1..<4, 2..<4])
    #expect(
      keys(.window(before: 2, after: 0, block: 2), queries: 5, keys: 5)
        == [0..<2, 0..<2, 0..<4, 0..<4, 2..<5])
  }

  @Test func theLastQueryStandsBesideTheLastKey() {
    #expect(keys(.causal(), queries: 2, keys: 5) == [0..<4, 0..<5])
    #expect(keys(.causal(block: 2), queries: 4, keys: 6) == [0..<4, 0..<4, 0..<6, 0..<6])
    #expect(keys(.causal(), queries: 3, keys: 2) == [0..<0, 0..<1, 0..<2])
    #expect(keys(.window(before: 0, after: 0), queries: 3, keys: 1).map(\.count) == [0, 0, 1])
  }

  @Test func pairsAreCounted() {
    #expect(AttentionPattern.full(7).groups[0].pairCount == 49)
    #expect(AttentionPattern.full(7, visibility: .causal()).groups[0].pairCount == 28)
    #expect(
      AttentionPattern.full(6, visibility: .causal(block: 3)).groups[0].pairCount == 27)
  }
}
