import Kernels
import Testing

/// The convolution against plain references in Float64.
@Suite struct ConvolutionTests {
  /// Every way that is taken on some processor.
  static let ways: [ConvolutionWay] = [
    ConvolutionWay(.float32, .direct), ConvolutionWay(.bfloat16, .direct),
    ConvolutionWay(.bfloat16, .winograd),
  ]

  static let cases: [ConvolutionCase] = [
    ConvolutionCase(1, 1, 1, 1, 1, 1, 1), ConvolutionCase(1, 1, 3, 5, 3, 3, 3),
    ConvolutionCase(1, 9, 2, 16, 3, 3, 3), ConvolutionCase(5, 1, 4, 17, 1, 3, 3),
    ConvolutionCase(3, 7, 3, 48, 3, 3, 3), ConvolutionCase(4, 4, 16, 33, 1, 3, 3),
    ConvolutionCase(5, 3, 48, 47, 3, 1, 1), ConvolutionCase(2, 5, 19, 64, 1, 1, 1),
    ConvolutionCase(7, 9, 33, 40, 3, 3, 3), ConvolutionCase(8, 8, 20, 96, 3, 3, 3),
    ConvolutionCase(3, 3, 5, 112, 1, 1, 3), ConvolutionCase(3, 2, 5, 80, 2, 3, 1),
    ConvolutionCase(6, 5, 2, 7, 1, 5, 5), ConvolutionCase(3, 5, 7, 20, 1, 3, 3, upscale: 2),
    ConvolutionCase(2, 3, 16, 192, 3, 3, 3, upscale: 2),
    ConvolutionCase(2, 2, 9, 3 * 9, 1, 1, 1, upscale: 3),
    // As long as sums get: passes of one row of the kernel, and of all.
    ConvolutionCase(2, 3, 384, 18, 3, 3, 3), ConvolutionCase(3, 2, 640, 5, 1, 3, 3),
  ]

  /// Relative to the norm of the result: 1e-6 for sums in Float32.
  @Test(arguments: cases) func agreesWithFloat64(_ example: ConvolutionCase) {
    let problem = ConvolutionProblem(example)
    for adds in [false, true] {
      let found = problem.result(.float32, addsToOutput: adds, positionsPerCall: adds ? 16 : 11)
      #expect(errorInNorm(found, problem.reference(addsToOutput: adds)) < 1e-6)
    }
  }

  /// Rounding inputs and weights to eight digits costs 1e-2 at most; where the reference rounds
  /// them too, there is only the rounding of sums.
  @Test(arguments: cases) func agreesWithFloat64InBFloat16(_ example: ConvolutionCase) {
    let problem = ConvolutionProblem(example)
    for adds in [false, true] {
      let found = problem.result(.bfloat16, addsToOutput: adds, positionsPerCall: adds ? 16 : 11)
      #expect(errorInNorm(found, problem.reference(addsToOutput: adds)) < 1e-2)
      let rounded = problem.reference(addsToOutput: adds, of: roundedToBFloat16)
      #expect(errorInNorm(found, rounded) < 3e-6)
    }
  }

  /// Four pixels out of sixteen products: 1e-2 of the sum over the kernel, and the rounding of sums beside the same
  /// formulas.
  @Test(arguments: cases.filter { $0.kernel.h == 3 && $0.kernel.w == 3 })
  func winogradAgreesWithFloat64(_ example: ConvolutionCase) {
    let problem = ConvolutionProblem(example)
    for adds in [false, true] {
      let found = problem.result(
        .bfloat16, .winograd, addsToOutput: adds, positionsPerCall: adds ? 16 : 11)
      #expect(errorInNorm(found, problem.reference(addsToOutput: adds)) < 1e-2)
      let rounded = problem.winogradReference(addsToOutput: adds, of: roundedToBFloat16)
      #expect(errorInNorm(found, rounded) < 3e-6)
    }
  }

  @Test(arguments: ways)
  func agreesAtRandomShapes(_ way: ConvolutionWay) {
    var numbers = SplitMix64(seed: 17)
    for _ in 0..<24 {
      let odd = { (limit: Int) in 1 + 2 * numbers.below(limit) }
      let example = ConvolutionCase(
        1 + numbers.below(9), 1 + numbers.below(12), 1 + numbers.below(70), 1 + numbers.below(120),
        1 + numbers.below(3), way.algorithm == .winograd ? 3 : odd(3),
        way.algorithm == .winograd ? 3 : odd(3))
      let problem = ConvolutionProblem(example)
      let found = problem.result(
        way.format, way.algorithm, addsToOutput: true, positionsPerCall: 1 + numbers.below(40))
      let expected =
        way.algorithm == .winograd
        ? problem.winogradReference(addsToOutput: true, of: way.rounded)
        : problem.reference(addsToOutput: true, of: way.rounded)
      #expect(errorInNorm(found, expected) < (way.format == .float32 ? 1e-6 : 3e-6), "\(example)")
    }
  }

  @Test(arguments: ways)
  func bitsDoNotDependOnHowPositionsAreDivided(_ way: ConvolutionWay) {
    let problem = ConvolutionProblem(ConvolutionCase(5, 7, 19, 70, 3, 3, 3))
    let whole = problem.result(way.format, way.algorithm, addsToOutput: true, positionsPerCall: 35)
    for positions in [1, 2, 3, 8, 13] {
      let found = problem.result(
        way.format, way.algorithm, addsToOutput: true, positionsPerCall: positions)
      #expect(found == whole)
    }
  }

  /// Frames before the start of the clip are left out, which gives the bits of frames of zeros.
  @Test(arguments: ways)
  func framesBeforeTheClipAreZeros(_ way: ConvolutionWay) {
    var problem = ConvolutionProblem(ConvolutionCase(4, 6, 9, 20, 3, 3, 3))
    for index in 0..<(2 * 4 * 6 * 9) { problem.input[index] = 0 }
    #expect(
      problem.result(
        way.format, way.algorithm, addsToOutput: false, positionsPerCall: 8, framesLeftOut: 2)
        == problem.result(way.format, way.algorithm, addsToOutput: false, positionsPerCall: 8))
  }

  /// What is not finite reaches the pixels that see it, and no other. Winograd's differences of infinities are no numbers.
  @Test(arguments: ways, [Float.infinity, -.infinity, .nan])
  func nonFiniteNumbersArePassedOn(_ way: ConvolutionWay, _ value: Float) {
    var problem = ConvolutionProblem(ConvolutionCase(6, 7, 5, 18, 1, 3, 3))
    let before = problem.result(
      way.format, way.algorithm, addsToOutput: false, positionsPerCall: 42)
    let (row, column) = (2, 4)
    problem.input[(row * 7 + column) * 5 + 3] = value
    let found = problem.result(way.format, way.algorithm, addsToOutput: false, positionsPerCall: 42)
    for y in 0..<6 {
      for x in 0..<7 {
        for output in 0..<18 {
          let index = (y * 7 + x) * 18 + output
          if abs(y - row) < 2 && abs(x - column) < 2 {
            let weight = problem.weight[(output * 5 + 3) * 9 + (row - y + 1) * 3 + column - x + 1]
            let expected = value * weight
            let mayBeNaN = expected.isNaN || way.algorithm == .winograd
            #expect(found[index] == expected || found[index].isNaN && mayBeNaN)
          } else {
            #expect(found[index] == before[index])
          }
        }
      }
    }
  }

  /// Float32 keeps numbers below the smallest normal one; the bfloat16 instruction takes them for
  /// zero, which is as near as 1e-37.
  @Test(arguments: ways)
  func denormalNumbersAreKeptOrZero(_ way: ConvolutionWay) {
    var problem = ConvolutionProblem(ConvolutionCase(3, 4, 6, 20, 1, 3, 3))
    problem.input = problem.input.map { $0 * 1e-30 * 1e-9 }
    problem.bias = problem.bias.map { _ in 0 }
    let found = problem.result(
      way.format, way.algorithm, addsToOutput: false, positionsPerCall: 12)
    let expected = problem.reference(addsToOutput: false)
    let tolerance = way.format == .float32 ? 60 * Double(Float.leastNonzeroMagnitude) : 1e-37
    #expect(zip(found, expected).allSatisfy { abs(Double($0) - $1) <= tolerance })
  }

  /// Weights of a file are packed from where they lie, at an odd address too.
  @Test(arguments: ways, [(33, 20), (40, 7), (96, 48)])
  func storedWeightsArePackedLikeWidenedOnes(_ way: ConvolutionWay, _ sizes: (Int, Int)) {
    let layout = ConvolutionLayout(
      inputs: sizes.0, outputs: sizes.1, kernelTime: 3, kernelHeight: 3, kernelWidth: 3,
      format: way.format, upscale: 1, algorithm: way.algorithm)
    let bits = (0..<sizes.0 * sizes.1 * 27).map {
      UInt16(truncatingIfNeeded: $0 &* 40_503) & 0xbfff | 0x2000  // normal numbers
    }
    let widened = bits.map { Float(bitPattern: UInt32($0) << 16) }
    let file = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * bits.count + 1, alignment: 64)
    let packed = (0..<2).map { _ in
      UnsafeMutableRawBufferPointer.allocate(byteCount: layout.packedByteCount, alignment: 64)
    }
    defer { for buffer in packed + [file] { buffer.deallocate() } }
    for (index, value) in bits.enumerated() {
      file.storeBytes(of: value, toByteOffset: 2 * index + 1, as: UInt16.self)
    }
    guard let start = file.baseAddress, let one = packed[0].baseAddress,
      let other = packed[1].baseAddress
    else { return }
    layout.pack(widened, into: one)
    layout.pack(bfloat16: start + 1, into: other)
    #expect(packed[0].elementsEqual(packed[1]))
  }

  /// Blocks are one to three vectors wide, cover every channel of every pixel once, and leave no
  /// single vector where wider ones are used.
  @Test func blocksCoverOutputs() {
    for channels in [1, 16, 17, 32, 48, 49, 64, 80, 96, 112, 160, 192, 256, 640] {
      for upscale in [1, 2] {
        let layout = ConvolutionLayout(
          inputs: 3, outputs: channels * upscale * upscale, kernelTime: 1, kernelHeight: 1,
          kernelWidth: 1, upscale: upscale)
        var vector = 0
        for place in 0..<(upscale * upscale) {
          var channel = 0
          for block in layout.blocks where block.place == place {
            #expect(block.firstChannel == channel && block.firstVector == vector)
            #expect((1...3).contains(block.vectors))
            channel += block.channels
            vector += block.vectors
          }
          #expect(channel == channels)
        }
        #expect(layout.channelsPerPixel == channels)
        #expect(layout.paddedOutputs == vector * 16)
        #expect(vector == upscale * upscale * ((channels + 15) / 16))
        #expect(
          layout.blocks.allSatisfy { $0.vectors > 1 }
            || layout.blocks.allSatisfy { $0.vectors == 1 })
      }
    }
  }
}
