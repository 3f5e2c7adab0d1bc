import Kernels
import Testing

/// A size of frames, channels and kernel.
struct ConvolutionCase: CustomTestStringConvertible, Sendable {
  let size: (height: Int, width: Int)
  let channels: (inputs: Int, outputs: Int)
  let kernel: (t: Int, h: Int, w: Int)
  let upscale: Int

  init(
    _ height: Int, _ width: Int, _ inputs: Int, _ outputs: Int, _ t: Int, _ h: Int, _ w: Int,
    upscale: Int = 1
  ) {
    size = (height, width)
    channels = (inputs, outputs)
    kernel = (t, h, w)
    self.upscale = upscale
  }

  var testDescription: String {
    "\(size.height)×\(size.width), \(channels.inputs) → \(channels.outputs), "
      + "\(kernel.t)×\(kernel.h)×\(kernel.w)" + (upscale == 1 ? "" : ", shuffled")
  }
}

/// A format and an algorithm that go together.
struct ConvolutionWay: CustomTestStringConvertible, Sendable {
  let format: ProductFormat
  let algorithm: ConvolutionAlgorithm

  init(_ format: ProductFormat, _ algorithm: ConvolutionAlgorithm) {
    self.format = format
    self.algorithm = algorithm
  }

  var testDescription: String { "\(format), \(algorithm)" }

  /// A number as the products see it.
  func rounded(_ x: Float) -> Float { format == .float32 ? x : roundedToBFloat16(x) }
}

/// Random inputs and weights of a convolution that sees the `t` frames of its kernel.
struct ConvolutionProblem {
  let example: ConvolutionCase
  /// `[t, height, width, inputs]`
  var input: [Float]
  /// `[outputs, inputs, t, h, w]`
  let weight: [Float]
  var bias: [Float]
  /// What the output holds before: `[height·upscale, width·upscale, outputs / upscale²]`.
  let held: [Float]

  init(_ example: ConvolutionCase) {
    self.example = example
    let pixels = example.size.height * example.size.width
    let (inputs, outputs) = example.channels
    let taps = example.kernel.t * example.kernel.h * example.kernel.w
    var numbers = SplitMix64(seed: 1)
    input = numbers.floats(example.kernel.t * pixels * inputs)
    weight = numbers.floats(outputs * inputs * taps)
    bias = numbers.floats(outputs)
    held = numbers.floats(pixels * outputs)
  }

  /// By the kernels.
  /// - Parameter framesLeftOut: frames at the start that lie before the clip.
  func result(
    _ format: ProductFormat, _ algorithm: ConvolutionAlgorithm = .direct, addsToOutput: Bool,
    positionsPerCall: Int, framesLeftOut: Int = 0
  ) -> [Float] {
    let (height, width) = example.size
    let kernel = example.kernel
    let layout = ConvolutionLayout(
      inputs: example.channels.inputs, outputs: example.channels.outputs, kernelTime: kernel.t,
      kernelHeight: kernel.h, kernelWidth: kernel.w, format: format, upscale: example.upscale,
      algorithm: algorithm)
    let frame = PaddedFrame(
      height: height, width: width, channels: layout.inputs, format: format,
      marginRows: kernel.h / 2, marginColumns: kernel.w / 2, algorithm: algorithm)
    // Every element of output, frames and weights must be written: what is not stays a NaN.
    var output = addsToOutput ? held : [Float](repeating: .nan, count: held.count)
    let memory = nans(frame.byteCount * kernel.t)
    let packed = nans(layout.packedByteCount)
    defer {
      memory.deallocate()
      packed.deallocate()
    }
    layout.pack(weight, into: packed)
    var packedBias = [Float](repeating: .nan, count: layout.paddedOutputs)
    layout.packBias(bias, into: &packedBias)
    let ring = FrameRing(memory, frame: frame, slots: kernel.t)
    ring.clearBorders()
    // The newest frame of the clip has number t − 1 where all are there.
    for time in framesLeftOut..<kernel.t {
      let pixels = height * width * layout.inputs
      writeRows(
        Array(input[time * pixels..<(time + 1) * pixels]), 0..<frame.rows, norm: nil, of: frame,
        into: ring[time - framesLeftOut])
    }
    for block in layout.blocks.indices {
      for first in stride(from: 0, to: frame.positions, by: positionsPerCall) {
        convolve(
          ring, number: kernel.t - 1 - framesLeftOut,
          positions: first..<min(first + positionsPerCall, frame.positions), layout: layout,
          block: block, weights: packed, bias: packedBias, addsToOutput: addsToOutput,
          output: &output)
      }
    }
    return output
  }

  /// By the definition, one number after the other.
  /// - Parameter rounding: applied to inputs and weights.
  func reference(addsToOutput: Bool, of rounding: (Float) -> Float = { $0 }) -> [Double] {
    let (height, width) = example.size
    let (inputs, outputs) = example.channels
    let kernel = example.kernel
    let taps = kernel.t * kernel.h * kernel.w
    let input = input.map { Double(rounding($0)) }
    let weight = weight.map { Double(rounding($0)) }
    var result = held.map { addsToOutput ? Double($0) : 0 }
    for y in 0..<height {
      for x in 0..<width {
        for output in 0..<outputs {
          var sum = Double(bias[output])
          for t in 0..<kernel.t {
            for dy in 0..<kernel.h {
              for dx in 0..<kernel.w {
                let row = y + dy - kernel.h / 2
                let column = x + dx - kernel.w / 2
                guard row >= 0, row < height, column >= 0, column < width else { continue }
                let tap = (t * kernel.h + dy) * kernel.w + dx
                let pixel = ((t * height + row) * width + column) * inputs
                for channel in 0..<inputs {
                  sum += input[pixel + channel] * weight[(output * inputs + channel) * taps + tap]
                }
              }
            }
          }
          result[place(y, x, output)] += sum
        }
      }
    }
    return result
  }

  /// By Winograd's formulas, one number after the other.
  /// - Parameter rounding: applied to sums of inputs and of weights, which are made in Float32 as the kernels make them.
  func winogradReference(addsToOutput: Bool, of rounding: (Float) -> Float) -> [Double] {
    let (height, width) = example.size
    let (inputs, outputs) = example.channels
    let kernel = example.kernel
    let taps = kernel.t * 9
    func inputSums(_ d: [Float]) -> [Float] {
      [d[0] - d[2], d[1] + d[2], d[2] - d[1], d[1] - d[3]]
    }
    func weightSums(_ g: [Float]) -> [Float] {
      [g[0], (g[0] + g[1] + g[2]) / 2, (g[0] - g[1] + g[2]) / 2, g[2]]
    }
    func outputs2(_ m: [Double]) -> [Double] { [m[0] + m[1] + m[2], m[1] - m[2] - m[3]] }
    /// A sum of every row, then of every column of these.
    func square<T>(_ values: [[T]], _ sums: ([T]) -> [T]) -> [[T]] {
      func transposed(_ rows: [[T]]) -> [[T]] { rows[0].indices.map { i in rows.map { $0[i] } } }
      return transposed(transposed(transposed(values).map(sums)).map(sums))
    }
    var result = held.map { addsToOutput ? Double($0) : 0 }
    // [outputs, inputs, t] of sixteen
    let gs = (0..<outputs * inputs * kernel.t).map { index in
      let g = (0..<3).map { y in
        (0..<3).map { x in
          weight[index / kernel.t * taps + (index % kernel.t * 3 + y) * 3 + x]
        }
      }
      return square(g, weightSums).joined().map { Double(rounding($0)) }
    }
    for y in stride(from: 0, to: height, by: 2) {
      for x in stride(from: 0, to: width, by: 2) {
        // [inputs, t] of sixteen
        let ds = (0..<inputs * kernel.t).map { index in
          let d = (y - 1..<y + 3).map { y in
            (x - 1..<x + 3).map { x -> Float in
              guard (0..<height).contains(y), (0..<width).contains(x) else { return 0 }
              return input[
                ((index % kernel.t * height + y) * width + x) * inputs + index / kernel.t]
            }
          }
          return square(d, inputSums).joined().map { Double(rounding($0)) }
        }
        for output in 0..<outputs {
          var m = [Double](repeating: 0, count: 16)
          for (index, d) in ds.enumerated() {
            let g = gs[output * inputs * kernel.t + index]
            for component in 0..<16 { m[component] += d[component] * g[component] }
          }
          let pixels = square((0..<4).map { Array(m[4 * $0..<4 * $0 + 4]) }, outputs2)
          for below in 0..<min(2, height - y) {
            for right in 0..<min(2, width - x) {
              result[place(y + below, x + right, output)] +=
                pixels[below][right] + Double(bias[output])
            }
          }
        }
      }
    }
    return result
  }

  /// Where a pixel shuffle puts an output.
  private func place(_ y: Int, _ x: Int, _ output: Int) -> Int {
    let upscale = example.upscale
    let square = upscale * upscale
    let (channel, corner) = (output / square, output % square)
    let row = y * upscale + corner / upscale
    let column = x * upscale + corner % upscale
    return (row * example.size.width * upscale + column) * (example.channels.outputs / square)
      + channel
  }
}

/// Aligned memory in which every Float32 and every bfloat16 is NaN.
private func nans(_ byteCount: Int) -> UnsafeMutableRawPointer {
  let memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
  memory.initializeMemory(as: UInt8.self, repeating: 0xFF, count: byteCount)
  return memory
}

/// The length of the difference over the length of what was expected; infinite for what is no number.
func errorInNorm(_ found: [Float], _ expected: [Double]) -> Double {
  guard found.count == expected.count, found.allSatisfy(\.isFinite) else { return .infinity }
  let difference = zip(found, expected).reduce(0) {
    $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1)
  }
  return (difference / expected.reduce(0) { $0 + $1 * $1 }).squareRoot()
}

/// The nearest bfloat16, ties to even; a scalar version of the kernels' rounding.
func roundedToBFloat16(_ x: Float) -> Float {
  if x.isNaN { return x }
  let bits = x.bitPattern
  return Float(bitPattern: (bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF_0000)
}

/// Numbers that depend on the seed alone (Steele et al. 2014).
struct SplitMix64 {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

  /// In −1…1.
  mutating func floats(_ count: Int) -> [Float] {
    (0..<count).map { _ in Float(Int64(next() >> 40) - (1 << 23)) / Float(1 << 23) }
  }
}
