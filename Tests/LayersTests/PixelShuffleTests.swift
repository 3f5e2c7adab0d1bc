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
    #expect(convolutionError(pixelUnshuffle2(fine, compute), example.unshuffled) == 0)
    let coarse = try example.coarse.tensor()
    #expect(convolutionError(try shuffled(coarse, 1), example.shuffled) == 0)
  }

  @Test(arguments: [[1, 2, 2, 1], [3, 4, 10, 5], [2, 6, 2, 33]])
  func shuffleUndoesUnshuffle(_ shape: [Int]) throws {
    let x = try varied(shape)
    let joined = pixelUnshuffle2(x, compute)
    #expect(joined.shape == [shape[0], shape[1] / 2, shape[2] / 2, shape[3] * 4])
    #expect(try shuffled(joined, 1).array() == x.array())
    #expect(try shuffled(joined, 3).array() == x.array())
  }

  /// By the store of a convolution that changes nothing; its kernel has `side` rows and columns.
  private func shuffled(_ x: Tensor, _ side: Int) throws -> Tensor {
    let (channels, taps) = (x.shape[3], side * side)
    let weight = try Tensor([channels, channels, 1, side, side])
    for channel in 0..<channels {
      weight.pointer[(channel * channels + channel) * taps + taps / 2] = 1
    }
    let layer = try CausalConv3D(
      Weights(DictionaryWeights(["weight": weight])), inputs: channels, outputs: channels,
      kernel: (1, side, side), bias: false, upscale: 2)
    return layer(x, compute)
  }
}
