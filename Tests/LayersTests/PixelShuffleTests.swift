import Layers
import Tensor
import Testing

@Suite struct PixelShuffleTests {
  private let compute: Compute

  init() throws { compute = try Compute(threads: 2, arenaByteCount: 1 << 22) }

  /// Pixels that only move are equal; means differ in the last bit.
  @Test func agreesWithPyTorch() throws {
    let example: ConvolutionFixtures.Shuffles = try ConvolutionFixtures.load("shuffles.json")
    let fine = try example.fine.tensor()
    let coarse = try example.coarse.tensor()
    #expect(convolutionError(pixelUnshuffle2(fine, compute), example.unshuffled) == 0)
    #expect(convolutionError(pixelShuffle2(coarse, compute), example.shuffled) == 0)
    #expect(
      convolutionError(unshuffleAverage(fine, outputs: 4, compute), example.averaged) < 1e-6)
    #expect(
      convolutionError(duplicateShuffle(coarse, outputs: 6, compute), example.duplicated) == 0)
  }

  @Test(arguments: [[1, 2, 2, 1], [3, 4, 10, 5], [2, 6, 2, 33]])
  func shuffleUndoesUnshuffle(_ shape: [Int]) throws {
    let x = try varied(shape)
    let joined = pixelUnshuffle2(x, compute)
    #expect(joined.shape == [shape[0], shape[1] / 2, shape[2] / 2, shape[3] * 4])
    #expect(pixelShuffle2(joined, compute).array() == x.array())
  }

  /// Averaging over nothing is unshuffling; repeating once is shuffling; and a shortcut down after a
  /// shortcut up gives back what went in.
  @Test func shortcutsAtTheirLimits() throws {
    let x = try varied([2, 4, 6, 8])
    #expect(
      unshuffleAverage(x, outputs: 32, compute).array() == pixelUnshuffle2(x, compute).array())
    #expect(
      duplicateShuffle(x, outputs: 2, compute).array() == pixelShuffle2(x, compute).array())
    for outputs in [2, 4, 8, 16] {
      let up = duplicateShuffle(x, outputs: outputs, compute)
      #expect(up.shape == [2, 8, 12, outputs])
      let down = unshuffleAverage(up, outputs: 8, compute)
      #expect(convolutionError(down, ListedTensor(shape: x.shape, values: x.array())) < 1e-6)
    }
  }
}
