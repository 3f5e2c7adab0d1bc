import Layers
import Tensor
import Testing

@testable import Bench

@Suite struct WanBlocksTests {
  /// As counted by hand for the published sizes: 3.8 TFLOP a step.
  @Test func theWorkIsThatOfTheModel() {
    let operations = WanShape.small().operations(tokens: 1280)
    #expect(abs(operations / 3.77e12 - 1) < 0.01)
  }

  /// Wan splits a head of 128 into 44 numbers for the time and 42 each for row and column.
  @Test func aHeadIsSplitOverTheAxes() {
    let angles = WanStack.angles(grid: [2, 2, 3], headSize: 128)
    #expect(angles.count == 12 * 64)
    // Token (t 0, y 0, x 2) turns in its last 21 pairs alone, token (1, 0, 0) in its first 22.
    let last = angles[2 * 64..<3 * 64]
    #expect(last.prefix(43).allSatisfy { $0 == 0 } && last.suffix(21).allSatisfy { $0 > 0 })
    let first = angles[6 * 64..<7 * 64]
    #expect(first.prefix(22).allSatisfy { $0 > 0 } && first.suffix(42).allSatisfy { $0 == 0 })
  }

  /// A tiny stack: numbers stay finite, and the thread count does not change them.
  @Test func theThreadCountChangesNothing() throws {
    let shape = WanShape(width: 96, heads: 2, hidden: 160, blocks: 4, textTokens: 7)
    let stack = try WanStack(Weights(SyntheticWeights()), shape, grid: [2, 3, 3])
    let results = try [1, 3].map { threads in
      let x = try Tensor.normals([18, 96])
      stack(x, try makeCompute(threads: threads))
      return x.array()
    }
    #expect(results[0] == results[1])
    #expect(results[0].allSatisfy { $0.isFinite })
    let start = try Tensor.normals([18, 96]).array()
    #expect(results[0] != start)
  }
}
