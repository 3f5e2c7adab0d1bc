import Layers
import Tensor
import Testing

@Suite struct HaarTests {
  private let compute: Compute

  init() throws { compute = try Compute(threads: 3, arenaByteCount: 1 << 24) }

  @Test func agreesWithTwin() throws {
    let example: ConvolutionFixtures.Haar = try ConvolutionFixtures.load("haar.json")
    let coefficients = haarForward(try example.pixels.tensor(), compute)
    #expect(convolutionError(coefficients, example.coefficients) < 1e-6)
    // Coefficients that no picture has: the first block's frames differ, and become their mean.
    let pixels = haarInverse(try example.changedCoefficients.tensor(), compute)
    #expect(convolutionError(pixels, example.changedPixels) < 1e-6)
  }

  @Test(arguments: [[1, 4, 4, 3], [1, 8, 20, 3], [5, 12, 4, 3], [13, 8, 68, 3]])
  func goesThereAndBack(_ shape: [Int]) throws {
    let clip = try varied(shape)
    let coefficients = haarForward(clip, compute)
    #expect(coefficients.shape == [1 + shape[0] / 4, shape[1] / 4, shape[2] / 4, 192])
    let back = haarInverse(coefficients, compute)
    #expect(convolutionError(back, ListedTensor(shape: shape, values: clip.array())) < 1e-6)
  }

  @Test func pieceByPieceIsTheSame() throws {
    let clip = try varied([9, 8, 12, 3])
    let whole = haarForward(clip, compute)
    let pieces = [
      haarForward(clip[0..<1], compute), haarForward(clip[1..<5], startsClip: false, compute),
      haarForward(clip[5..<9], startsClip: false, compute),
    ]
    #expect(pieces.flatMap { $0.array() } == whole.array())
    let back = [
      haarInverse(whole[0..<1], compute), haarInverse(whole[1..<3], startsClip: false, compute),
    ]
    #expect(back.map(\.shape) == [[1, 8, 12, 3], [8, 8, 12, 3]])
    #expect(back.flatMap { $0.array() } == haarInverse(whole, compute).array())
  }

  /// A still picture has nothing but the mean in time.
  @Test func pictureHasNoMotion() throws {
    let coefficients = haarForward(try varied([1, 4, 8, 3]), compute).array()
    for block in 0..<2 {
      #expect(coefficients[(block * 192 + 48)..<((block + 1) * 192)].allSatisfy { $0 == 0 })
    }
  }
}
