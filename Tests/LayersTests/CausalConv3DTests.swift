import Layers
import Tensor
import Testing

@Suite struct CausalConv3DTests {
  private let compute: Compute

  init() throws { compute = try Compute(threads: 2, arenaByteCount: 1 << 26) }

  private func layer(
    _ inputs: Int, _ outputs: Int, _ kernel: (t: Int, h: Int, w: Int) = (3, 3, 3)
  ) throws -> CausalConv3D {
    let source = DictionaryWeights([
      "conv.weight": try varied([outputs, inputs, kernel.t, kernel.h, kernel.w], seed: 1),
      "conv.bias": try varied([outputs], seed: 2),
    ])
    return try CausalConv3D(
      Weights(source)["conv"], inputs: inputs, outputs: outputs, kernel: kernel)
  }

  @Test func agreesWithPyTorch() throws {
    let cases: [ConvolutionFixtures.Convolution] = try ConvolutionFixtures.load(
      "convolutions.json")
    #expect(cases.count == 4)
    for example in cases {
      let shape = example.weight.shape
      let source = DictionaryWeights([
        "weight": try example.weight.tensor(), "bias": try example.bias.tensor(),
      ])
      let layer = try CausalConv3D(
        Weights(source), inputs: shape[1], outputs: shape[0],
        kernel: (shape[2], shape[3], shape[4]))
      let found = layer(try example.input.tensor(), compute)
      // The tolerance of every layer in Float32.
      #expect(convolutionError(found, example.output) < 1e-5)
    }
  }

  /// However a clip is cut into pieces, the results are those of the whole clip.
  @Test(arguments: [(3, 3, 3), (1, 3, 3), (3, 1, 1), (2, 3, 3), (4, 1, 3)])
  func streamsToTheLastBit(_ t: Int, _ h: Int, _ w: Int) throws {
    let layer = try layer(19, 21, (t, h, w))
    let clip = try varied([7, 5, 6, 19], seed: 3)
    let whole = layer(clip, compute).array()
    let state = try layer.makeState(height: 5, width: 6)
    for pieces in [[7], [1, 1, 1, 1, 1, 1, 1], [1, 4, 2], [3, 1, 3], [2, 5], [6, 1]] {
      state.reset()
      var found: [Float] = []
      var first = 0
      for length in pieces {
        found += layer(clip[first..<(first + length)], state: state, compute).array()
        first += length
      }
      #expect(found == whole, "pieces of \(pieces)")
      #expect(state.frameCount == 7)
    }
  }

  @Test func changingAFrameLeavesEarlierOnesAsTheyWere() throws {
    let layer = try layer(8, 24)
    let clip = try varied([6, 4, 5, 8], seed: 4)
    let before = layer(clip, compute).array()
    for changed in 0..<6 {
      let other = try Tensor(clip.array(), shape: clip.shape)
      other[changed..<(changed + 1)].fill(3)
      let after = layer(other, compute).array()
      let frame = 4 * 5 * 24
      for t in 0..<6 {
        let same = before[(t * frame)..<((t + 1) * frame)] == after[(t * frame)..<((t + 1) * frame)]
        // A kernel of three frames is felt in the frame itself and the next two.
        #expect(same == !(changed...(changed + 2)).contains(t))
      }
    }
  }

  @Test func bitsDoNotDependOnThreads() throws {
    let layer = try layer(17, 70)
    let clip = try varied([3, 11, 13, 17], seed: 5)
    let expected = layer(clip, compute).array()
    for threads in [1, 2, 3, 5] {
      let other = try Compute(threads: threads, arenaByteCount: 1 << 22)
      #expect(layer(clip, other).array() == expected)
      let residual = try varied([3, 11, 13, 70], seed: 6)
      layer(clip, addingTo: residual, state: nil, other)
      let again = try varied([3, 11, 13, 70], seed: 6)
      layer(clip, addingTo: again, compute)
      #expect(residual.array() == again.array())
    }
  }

  @Test func addsToResidual() throws {
    let layer = try layer(9, 18)
    let clip = try varied([3, 4, 4, 9], seed: 7)
    let residual = try varied([3, 4, 4, 18], seed: 8)
    let expected = zip(residual.array(), layer(clip, compute).array()).map { $0 + $1 }
    layer(clip, addingTo: residual, compute)
    for (found, expected) in zip(residual.array(), expected) {
      #expect(abs(found - expected) < 1e-5 * 20)
    }
  }

  @Test func weightsOfAnotherShapeAreRefused() throws {
    let source = DictionaryWeights(["a.weight": try varied([4, 3, 1, 3, 3])])
    #expect(
      throws: WeightError.shape(
        key: "a.weight", found: [4, 3, 1, 3, 3], expected: [4, 3, 3, 3, 3])
    ) { try CausalConv3D(Weights(source)["a"], inputs: 3, outputs: 4) }
    #expect(throws: WeightError.missing(key: "a.bias", expected: [4])) {
      try CausalConv3D(Weights(source)["a"], inputs: 3, outputs: 4, kernel: (1, 3, 3))
    }
    #expect(throws: Never.self) {
      try CausalConv3D(
        Weights(source)["a"], inputs: 3, outputs: 4, kernel: (1, 3, 3), bias: false)
    }
  }

  @Test func normAndSiLUAgreeWithPyTorch() throws {
    let example: ConvolutionFixtures.Norm = try ConvolutionFixtures.load("norm.json")
    let source = DictionaryWeights(["weight": try example.weight.tensor()])
    let norm = try RMSNormSiLU(Weights(source), channels: example.weight.shape[0])
    let x = try example.input.tensor()
    #expect(convolutionError(norm(x, compute), example.output) < 1e-5)
    norm.apply(to: x, compute)
    #expect(convolutionError(x, example.output) < 1e-5)
  }
}
