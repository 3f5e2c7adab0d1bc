import Kernels
import Layers
import Tensor
import Testing

@Suite struct CausalConv3DTests {
  private let compute: Compute

  init() throws { compute = try Compute(threads: 2, arenaByteCount: 1 << 26) }

  private func layer(
    _ inputs: Int, _ outputs: Int, _ kernel: (t: Int, h: Int, w: Int) = (3, 3, 3),
    _ precision: ComputePrecision = .f32
  ) throws -> CausalConv3D {
    let source = DictionaryWeights([
      "conv.weight": try varied([outputs, inputs, kernel.t, kernel.h, kernel.w], seed: 1),
      "conv.bias": try varied([outputs], seed: 2),
    ])
    return try CausalConv3D(
      Weights(source, precision: precision)["conv"], inputs: inputs, outputs: outputs,
      kernel: kernel)
  }

  /// In Float32 the tolerance of every layer; in bfloat16 what rounding inputs and weights may cost.
  @Test(arguments: [(ComputePrecision.f32, Float(1e-5)), (.bf16, 1e-2), (.int8, 1e-2)])
  func agreesWithPyTorch(_ precision: ComputePrecision, _ tolerance: Float) throws {
    let cases: [ConvolutionFixtures.Convolution] = try ConvolutionFixtures.load(
      "convolutions.json")
    #expect(cases.count == 4)
    for example in cases {
      let shape = example.weight.shape
      let source = DictionaryWeights([
        "weight": try example.weight.tensor(), "bias": try example.bias.tensor(),
      ])
      let layer = try CausalConv3D(
        Weights(source, precision: precision), inputs: shape[1], outputs: shape[0],
        kernel: (shape[2], shape[3], shape[4]))
      let found = layer(try example.input.tensor(), compute)
      #expect(convolutionError(found, example.output) < tolerance)
    }
  }

  /// However a clip is cut into pieces, the results are those of the whole clip: of small frames, which are
  /// computed all at once, and of some that are computed two by two.
  @Test(
    arguments: [(3, 3, 3), (1, 3, 3), (3, 1, 1), (2, 3, 3), (4, 1, 3)],
    [ComputePrecision.f32, .bf16])
  func streamsToTheLastBit(
    _ kernel: (t: Int, h: Int, w: Int), _ precision: ComputePrecision
  ) throws {
    let layer = try layer(19, 21, kernel, precision)
    for (height, width) in [(5, 6), (15, 16)] {
      let clip = try varied([7, height, width, 19], seed: 3)
      let whole = layer(clip, compute).array()
      let state = try layer.makeState(height: height, width: width)
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
  }

  @Test(arguments: [ComputePrecision.f32, .bf16])
  func changingAFrameLeavesEarlierOnesAsTheyWere(_ precision: ComputePrecision) throws {
    let layer = try layer(8, 24, (3, 3, 3), precision)
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

  @Test(arguments: [ComputePrecision.f32, .bf16])
  func bitsDoNotDependOnThreads(_ precision: ComputePrecision) throws {
    let layer = try layer(17, 70, (3, 3, 3), precision)
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

  /// A norm that the convolution applies gives what it gives before it.
  @Test func normBeforeIsPartOfTheLayer() throws {
    let clip = try varied([3, 5, 4, 19], seed: 9)
    let weights = DictionaryWeights(["weight": try varied([19], seed: 10)])
    let norm = try RMSNormSiLU(Weights(weights), channels: 19)
    let expected = try layer(19, 21)(norm(clip, compute), compute).array()
    #expect(try layer(19, 21)(clip, after: norm, compute).array() == expected)
    let rounded = try layer(19, 21, (3, 3, 3), .bf16)(clip, after: norm, compute).array()
    let size = expected.map(abs).max() ?? 0
    #expect(zip(rounded, expected).allSatisfy { abs($0 - $1) < 1e-2 * size })
  }

  /// A frame and its border of zeros: half as much in bfloat16 as in Float32, by Winograd's algorithm sixteen sums of
  /// every square of 2×2, without a border.
  @Test func statesTakeTheFramesThatAConvolutionSees() throws {
    let bytes = try [ComputePrecision.f32, .bf16].map {
      try layer(20, 16, (3, 3, 3), $0).makeState(height: 6, width: 8).byteCount
    }
    let frames = 2 + CausalConv3D.framesAtOnce(pixels: 6 * 8)
    let ways = [8 * 10 * 20 * 4, 8 * 10 * 20 * 2, 16 * 3 * 4 * 20 * 2].map { $0 * frames }
    #expect(bytes[0] == ways[0])
    #expect(convolvesFasterInBFloat16 ? ways[1...].contains(bytes[1]) : bytes[1] == ways[0])
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
