import Kernels
import Testing

/// What is written into the frames of a convolution: rounded, normalised, activated.
@Suite struct ConvolutionInputTests {
  static let channelCounts = [1, 2, 3, 15, 16, 17, 31, 32, 33, 48, 96, 100, 200]

  @Test(arguments: channelCounts) func normAndSiLUAgreeWithReference(_ channels: Int) {
    let (input, weight) = numbers(21, channels)
    var found = input
    channelRMSNormSiLU(
      input, &found, positions: 21, channels: channels, weight: weight, epsilon: 1e-6)
    let expected = reference(input, weight)
    // Float32 sums and an exponential of 1e-7.
    for (found, expected) in zip(found, expected) {
      #expect(abs(Double(found) - expected) <= 2e-6 * max(abs(expected), 1e-3))
    }
  }

  @Test(arguments: channelCounts) func framesHoldRoundedPixels(_ channels: Int) {
    let (input, _) = numbers(5, channels)
    #expect(written(input, channels, .float32, norm: nil) == input)
    #expect(written(input, channels, .bfloat16, norm: nil) == input.map(roundedToBFloat16))
  }

  @Test(arguments: channelCounts) func framesHoldNormalisedPixels(_ channels: Int) {
    let (input, weight) = numbers(5, channels)
    var whole = input
    channelRMSNormSiLU(
      input, &whole, positions: 5, channels: channels, weight: weight, epsilon: 1e-6)
    #expect(written(input, channels, .float32, norm: weight) == whole)
    let found = written(input, channels, .bfloat16, norm: weight)
    for (found, expected) in zip(found, reference(input, weight)) {
      // Half a step of bfloat16, 2⁻⁸, and the shorter polynomial's 1e-5.
      #expect(abs(Double(found) - expected) <= (0.003907 + 1e-5) * abs(expected) + 1e-30)
    }
  }

  /// A position with an infinity or a NaN gives none that is finite where it stands; others are as
  /// they were.
  @Test(arguments: [ProductFormat.float32, .bfloat16], [Float.infinity, -.infinity, .nan])
  func nonFiniteNumbersStayInTheirPosition(_ format: ProductFormat, _ value: Float) {
    var (input, weight) = numbers(5, 20)
    let before = written(input, 20, format, norm: weight)
    input[2 * 20 + 7] = value
    let found = written(input, 20, format, norm: weight)
    #expect(found[2 * 20 + 7].isNaN)
    for position in [0, 1, 3, 4] {
      let range = position * 20..<(position + 1) * 20
      #expect(found[range] == before[range])
    }
    let plain = written(input, 20, format, norm: nil)[2 * 20 + 7]
    #expect(value.isNaN ? plain.isNaN : plain == value)
  }

  /// Far from zero SiLU is x or nothing, without an overflow.
  @Test(arguments: [ProductFormat.float32, .bfloat16])
  func largeNumbersNeedNoExponential(_ format: ProductFormat) {
    // One channel: the norm is a sign, the weight the size.
    for (weight, expected) in [(Float(100), Float(100)), (256, 256), (-104, 0), (-3e38, 0)] {
      let found = written([3], 1, format, norm: [weight])
      #expect(abs(found[0] - expected) <= 1e-5 * abs(expected) + 1e-30)
    }
  }

  @Test(arguments: [ProductFormat.float32, .bfloat16])
  func bordersAreZero(_ format: ProductFormat) {
    let frame = PaddedFrame(
      height: 2, width: 3, channels: 5, format: format, marginRows: 1, marginColumns: 2)
    var bytes = [UInt8](repeating: 0xFF, count: 2 * frame.byteCount)
    bytes.withUnsafeMutableBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      FrameRing(base, frame: frame, slots: 2).clearBorders()
    }
    for index in bytes.indices {
      let place = index % frame.byteCount
      let row = place / frame.rowByteCount - 1
      let column = place % frame.rowByteCount / frame.pixelByteCount - 2
      let isInside = (0..<2).contains(row) && (0..<3).contains(column)
      #expect(bytes[index] == (isInside ? 0xFF : 0))
    }
  }

  /// Sixteen sums of every square of 4×4 pixels, around the frame zeros; written in parts as in one go.
  @Test(arguments: [(1, 3, 5), (2, 1, 16), (5, 2, 33), (8, 4, 48)], [false, true])
  func componentsAreSumsOfPixels(_ size: (height: Int, width: Int, channels: Int), hasNorm: Bool) {
    let (height, width, channels) = size
    let frame = PaddedFrame(
      height: height, width: width, channels: channels, format: .bfloat16, marginRows: 1,
      marginColumns: 1, algorithm: .winograd)
    let (input, weight) = numbers(height * width, channels)
    let activated = hasNorm ? reference(input, weight) : input.map(Double.init)
    var memory = [UInt16](repeating: 0xFFFF, count: frame.byteCount / 2)
    for rows in [0..<frame.rows / 2, frame.rows / 2..<frame.rows] {
      memory.withUnsafeMutableBytes { memory in
        weight.withUnsafeBufferPointer { weight in
          guard let memory = memory.baseAddress, let weight = weight.baseAddress else { return }
          writeRows(
            input, rows, norm: hasNorm ? ChannelNorm(weight: weight, epsilon: 1e-6) : nil,
            of: frame, into: memory)
        }
      }
    }
    func pixel(_ row: Int, _ column: Int, _ channel: Int) -> Double {
      guard (0..<height).contains(row), (0..<width).contains(column) else { return 0 }
      return activated[(row * width + column) * channels + channel]
    }
    // What each sum takes of four numbers.
    let signs: [[Double]] = [[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]]
    for row in 0..<frame.rows {
      for column in 0..<frame.columns {
        for channel in 0..<channels {
          for component in 0..<16 {
            var (expected, size) = (0.0, 0.0)
            for y in 0..<4 {
              for x in 0..<4 {
                let sign = signs[component / 4][y] * signs[component % 4][x]
                let value = sign * pixel(2 * row - 1 + y, 2 * column - 1 + x, channel)
                expected += value
                size += abs(value)
              }
            }
            let offset =
              frame.offset(component: component, row: row, column: column) / 2 + channel
            let found = Double(Float(bitPattern: UInt32(memory[offset]) << 16))
            // Half a step of bfloat16, and the shorter polynomial's 1e-5 of every number.
            let tolerance = 0.003907 * abs(expected) + 2e-5 * size
            #expect(abs(found - expected) <= tolerance + 1e-30)
          }
        }
      }
    }
  }

  private func numbers(_ positions: Int, _ channels: Int) -> (input: [Float], weight: [Float]) {
    var numbers = SplitMix64(seed: UInt64(channels))
    return (numbers.floats(positions * channels).map { $0 * 7 }, numbers.floats(channels))
  }

  /// One row of pixels, as it stands in the frame.
  private func written(
    _ input: [Float], _ channels: Int, _ format: ProductFormat, norm weight: [Float]?
  ) -> [Float] {
    let frame = PaddedFrame(
      height: 1, width: input.count / channels, channels: channels, format: format, marginRows: 0,
      marginColumns: 0)
    let memory = UnsafeMutableRawPointer.allocate(byteCount: frame.byteCount, alignment: 64)
    defer { memory.deallocate() }
    if let weight {
      weight.withUnsafeBufferPointer { weight in
        guard let weight = weight.baseAddress else { return }
        writeRows(
          input, 0..<1, norm: ChannelNorm(weight: weight, epsilon: 1e-6), of: frame, into: memory)
      }
    } else {
      writeRows(input, 0..<1, norm: nil, of: frame, into: memory)
    }
    return input.indices.map { index in
      let pixel = index / channels * frame.pixelByteCount
      if format == .float32 {
        return memory.load(fromByteOffset: pixel + index % channels * 4, as: Float.self)
      }
      let bits = memory.load(fromByteOffset: pixel + index % channels * 2, as: UInt16.self)
      return Float(bitPattern: UInt32(bits) << 16)
    }
  }

  private func reference(_ input: [Float], _ weight: [Float]) -> [Double] {
    let channels = weight.count
    return stride(from: 0, to: input.count, by: channels).flatMap { start in
      let row = input[start..<start + channels].map(Double.init)
      let mean = row.reduce(0) { $0 + $1 * $1 } / Double(channels)
      return zip(row, weight).map { value, weight in
        let y = value / (mean + 1e-6).squareRoot() * Double(weight)
        return y / (1 + exponential(-y))
      }
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
}
