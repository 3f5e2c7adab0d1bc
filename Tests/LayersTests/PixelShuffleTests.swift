import Layers
import Tensor
import Testing

@Suite struct PixelShuffleTests {
  private let compute: Compute

  init() throws { compute = try Compute(threads: 2, arenaByteCount: 1 << 22) }

  /// Pixels that only move are equal.
  @Test func agreesWithPyTorch() throws {
    let example: ConvolutionFixtures.Shuffles = try ConvolutionFixtures.load("shuffles.json")
    let fine = try example.fine.tensor()
    let coarse = try example.coarse.tensor()
    #expect(convolutionError(pixelUnshuffle2(fine, compute), example.unshuffled) == 0)
    #expect(convolutionError(pixelShuffle2(coarse, compute), example.shuffled) == 0)
  }

  @Test(arguments: [[1, 2, 2, 1], [3, 4, 10, 5], [2, 6, 2, 33]])
  func shuffleUndoesUnshuffle(_ shape: [Int]) throws {
    let x = try varied(shape)
    let joined = pixelUnshuffle2(x, compute)
    #expect(joined.shape == [shape[0], shape[1] / 2, shape[2] / 2, shape[3] * 4])
    #expect(pixelShuffle2(joined, compute).array() == x.array())
  }
}
