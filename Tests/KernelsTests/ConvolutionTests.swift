import Kernels
import Testing

/// The convolution against a plain reference in Float64.
@Suite struct ConvolutionTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let size: (height: Int, width: Int)
    let channels: (inputs: Int, outputs: Int)
    let kernel: (t: Int, h: Int, w: Int)

    init(_ height: Int, _ width: Int, _ inputs: Int, _ outputs: Int, _ t: Int, _ h: Int, _ w: Int) {
      size = (height, width)
      channels = (inputs, outputs)
      kernel = (t, h, w)
    }

    var testDescription: String {
      "\(size.height)×\(size.width), \(channels.inputs) → \(channels.outputs), "
        + "\(kernel.t)×\(kernel.h)×\(kernel.w)"
    }
  }

  static let cases: [Case] = [
    Case(1, 1, 1, 1, 1, 1, 1), Case(1, 1, 3, 5, 3, 3, 3), Case(1, 9, 2, 16, 3, 3, 3),
    Case(5, 1, 4, 17, 1, 3, 3), Case(3, 7, 3, 48, 3, 3, 3), Case(4, 4, 16, 33, 1, 3, 3),
    Case(5, 3, 48, 47, 3, 1, 1), Case(2, 5, 19, 64, 1, 1, 1), Case(7, 9, 33, 40, 3, 3, 3),
    Case(8, 8, 20, 96, 3, 3, 3), Case(3, 3, 5, 112, 1, 1, 3), Case(3, 2, 5, 80, 2, 3, 1),
    Case(6, 5, 2, 7, 1, 5, 5),
  ]

  @Test(arguments: cases) func agreesWithReference(_ example: Case) {
    let problem = Problem(example)
    let expected = problem.reference(residual: false)
    let found = problem.result(residual: false, pixelsPerCall: 11)
    expectClose(found, expected)
  }

  @Test(arguments: cases) func addsToResidual(_ example: Case) {
    let problem = Problem(example)
    expectClose(
      problem.result(residual: true, pixelsPerCall: 16), problem.reference(residual: true))
  }

  @Test func bitsDoNotDependOnHowPixelsAreDivided() {
    let problem = Problem(Case(5, 7, 19, 70, 3, 3, 3))
    let whole = problem.result(residual: true, pixelsPerCall: 35)
    for pixels in [1, 2, 3, 8, 13] {
      #expect(problem.result(residual: true, pixelsPerCall: pixels) == whole)
    }
  }

  @Test func framesOfZerosMayBeLeftOut() {
    var problem = Problem(Case(4, 6, 9, 20, 3, 3, 3))
    for index in 0..<(2 * 4 * 6 * 9) { problem.input[index] = 0 }
    #expect(
      problem.result(residual: false, pixelsPerCall: 8, firstFrame: 2)
        == problem.result(residual: false, pixelsPerCall: 8))
  }

  /// Blocks are one to three vectors wide, cover every channel once, and leave no single vector
  /// where wider ones are used.
  @Test func blocksCoverOutputs() {
    for outputs in [1, 16, 17, 32, 48, 49, 64, 80, 96, 112, 160, 192, 256, 640] {
      let layout = ConvolutionLayout(
        inputs: 3, outputs: outputs, kernelTime: 1, kernelHeight: 1, kernelWidth: 1)
      var next = 0
      for block in layout.blocks {
        #expect(block.firstOutput == next)
        #expect((1...3).contains(block.vectors))
        next += block.vectors * 16
      }
      #expect(next == layout.paddedOutputs)
      #expect(next >= outputs && next < outputs + 16)
      #expect(
        layout.blocks.allSatisfy { $0.vectors > 1 } || layout.blocks.allSatisfy { $0.vectors == 1 })
    }
  }

  @Test func normAndSiLUAgreeWithReference() {
    for channels in [1, 3, 16, 31, 48, 96, 200] {
      let input = random(5 * channels, seed: channels).map { $0 * 7 }
      let weight = random(channels, seed: 77)
      var found = input
      channelRMSNormSiLU(
        input, &found, positions: 5, channels: channels, weight: weight, epsilon: 1e-6)
      var expected: [Double] = []
      for position in 0..<5 {
        let row = input[(position * channels)..<((position + 1) * channels)].map(Double.init)
        let mean = row.reduce(0) { $0 + $1 * $1 } / Double(channels)
        for (value, weight) in zip(row, weight) {
          let y = value / (mean + 1e-6).squareRoot() * Double(weight)
          expected.append(y / (1 + exponential(-y)))
        }
      }
      // Float32 sums and an exponential of 3e-7.
      for (found, expected) in zip(found, expected) {
        #expect(abs(Double(found) - expected) <= 2e-6 * max(abs(expected), 1e-3))
      }
    }
  }
}

/// Random inputs and weights of a convolution that sees the `t` frames of its kernel.
private struct Problem {
  let example: ConvolutionTests.Case
  var input: [Float]
  let weight: [Float]
  let bias: [Float]
  let residual: [Float]

  init(_ example: ConvolutionTests.Case) {
    self.example = example
    let pixels = example.size.height * example.size.width
    let (inputs, outputs) = example.channels
    let taps = example.kernel.t * example.kernel.h * example.kernel.w
    input = random(example.kernel.t * pixels * inputs, seed: 1)
    weight = random(outputs * inputs * taps, seed: 2)
    bias = random(outputs, seed: 3)
    residual = random(pixels * outputs, seed: 4)
  }

  func result(residual: Bool, pixelsPerCall: Int, firstFrame: Int = 0) -> [Float] {
    let (height, width) = example.size
    let layout = ConvolutionLayout(
      inputs: example.channels.inputs, outputs: example.channels.outputs,
      kernelTime: example.kernel.t, kernelHeight: example.kernel.h, kernelWidth: example.kernel.w)
    // Every element of the output must be written: what is not stays a number that shows.
    var output = residual ? self.residual : [Float](repeating: .nan, count: self.residual.count)
    let packed = UnsafeMutableRawPointer.allocate(
      byteCount: layout.packedCount * 4, alignment: 64
    ).bindMemory(to: Float.self, capacity: layout.packedCount)
    defer { packed.deallocate() }
    layout.pack(weight, into: packed)
    let paddedBias = bias + [Float](repeating: 0, count: layout.paddedOutputs - bias.count)
    let zeros = [Float](repeating: 0, count: layout.inputs)
    for block in layout.blocks.indices {
      for first in stride(from: 0, to: height * width, by: pixelsPerCall) {
        for time in firstFrame..<example.kernel.t {
          input.withUnsafeBufferPointer { input in
            guard let base = input.baseAddress else { return }
            convolveFrame(
              base + time * height * width * layout.inputs, height: height, width: width,
              pixels: first..<min(first + pixelsPerCall, height * width), layout: layout,
              block: block, time: time, weights: packed, bias: paddedBias, zeros: zeros,
              start: time > firstFrame ? .output : residual ? .biasAndOutput : .bias,
              output: &output)
          }
        }
      }
    }
    return output
  }

  func reference(residual: Bool) -> [Double] {
    let (height, width) = example.size
    let (inputs, outputs) = example.channels
    let kernel = example.kernel
    var result: [Double] = []
    for y in 0..<height {
      for x in 0..<width {
        for output in 0..<outputs {
          var sum = Double(bias[output])
          for t in 0..<kernel.t {
            for dy in 0..<kernel.h {
              for dx in 0..<kernel.w {
                let row = y + dy - kernel.h / 2
                let column = x + dx - kernel.w / 2
                guard (0..<height).contains(row), (0..<width).contains(column) else { continue }
                for channel in 0..<inputs {
                  let value = input[((t * height + row) * width + column) * inputs + channel]
                  let tap = (t * kernel.h + dy) * kernel.w + dx
                  let taps = kernel.t * kernel.h * kernel.w
                  sum +=
                    Double(value) * Double(weight[(output * inputs + channel) * taps + tap])
                }
              }
            }
          }
          if residual { sum += Double(self.residual[result.count]) }
          result.append(sum)
        }
      }
    }
    return result
  }
}

/// Within 1e-5 of the largest element: what Float32 sums of a few hundred terms keep.
private func expectClose(
  _ found: [Float], _ expected: [Double], sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(found.count == expected.count, sourceLocation: sourceLocation)
  let scale = expected.map(abs).max() ?? 1
  let error = zip(found, expected).map { abs(Double($0) - $1) }.max() ?? 0
  let finite = found.allSatisfy { $0.isFinite }
  #expect(finite && error <= 1e-5 * scale, sourceLocation: sourceLocation)
}

/// Numbers in −1…1 that depend on the seed alone (SplitMix64).
private func random(_ count: Int, seed: Int) -> [Float] {
  var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15
  return (0..<count).map { _ in
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    z ^= z >> 31
    return Float(Int64(z >> 40) - (1 << 23)) / Float(1 << 23)
  }
}

/// eˣ in Float64 by its series, on an argument halved until it converges fast.
private func exponential(_ x: Double) -> Double {
  let reduced = x / 1024
  var term = 1.0
  var sum = 1.0
  for n in 1..<12 {
    term *= reduced / Double(n)
    sum += term
  }
  for _ in 0..<10 { sum *= sum }
  return sum
}
