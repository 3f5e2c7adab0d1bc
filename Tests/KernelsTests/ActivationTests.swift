import Glibc
import Kernels
import Testing

/// The vector functions against the C library in Float64.
@Suite struct ActivationTests {
  /// Evenly spaced numbers, and a length that sixteen does not divide.
  private func numbers(_ range: ClosedRange<Float>, count: Int = 40_003) -> [Float] {
    (0..<count).map {
      range.lowerBound + (range.upperBound - range.lowerBound) * Float($0) / Float(count - 1)
    }
  }

  private func largestRelativeError(
    _ values: [Float], _ inputs: [Float], _ exact: (Double) -> Double
  ) -> Double {
    zip(values, inputs).reduce(0) { worst, pair in
      let expected = exact(Double(pair.1))
      let error = abs(Double(pair.0) - expected)
      return max(worst, expected == 0 ? error : error / abs(expected))
    }
  }

  private func activated(_ inputs: [Float], _ activation: ActivationKernel) -> [Float] {
    var values = inputs
    values.withUnsafeMutableBufferPointer {
      addBiasAndActivate(
        $0.baseAddress!, stride: 0, rows: 1, columns: $0.count, bias: nil, activation: activation)
    }
    return values
  }

  @Test func powersOfTwo() {
    let inputs = numbers(-126...127.99)
    var values = inputs
    values.withUnsafeMutableBufferPointer { Kernels.exp2($0.baseAddress!, count: $0.count) }
    #expect(largestRelativeError(values, inputs) { Glibc.exp2($0) } < 2e-7)
  }

  @Test func coarsePowersOfTwo() {
    let inputs = numbers(-126...127.99)
    var values = inputs
    values.withUnsafeMutableBufferPointer { coarseExp2($0.baseAddress!, count: $0.count) }
    #expect(largestRelativeError(values, inputs) { Glibc.exp2($0) } < 1e-4)
    var ends: [Float] = [-.infinity, -200, -0.0, 0, 128, .infinity, .nan]
    ends.withUnsafeMutableBufferPointer { coarseExp2($0.baseAddress!, count: $0.count) }
    #expect(ends.dropLast() == [0, 0, 1, 1, .infinity, .infinity])
    #expect(ends[6].isNaN)
  }

  @Test func powersOfTwoBecomeDenormal() {
    var values: [Float] = [-127, -140, -149, -126.5]
    values.withUnsafeMutableBufferPointer { Kernels.exp2($0.baseAddress!, count: $0.count) }
    #expect(values[0] == 0x1p-127 && values[1] == 0x1p-140 && values[2] == 0x1p-149)
    #expect(abs(values[3] / 0x1p-126 - 0.70710678) < 1e-6)
  }

  @Test func exponentials() {
    let inputs = numbers(-87.3...88.7)
    var values = inputs
    values.withUnsafeMutableBufferPointer { Kernels.exp($0.baseAddress!, count: $0.count) }
    #expect(largestRelativeError(values, inputs) { Glibc.exp($0) } < 3e-7)
  }

  @Test func exponentialsAtTheEnds() {
    var values: [Float] = [-.infinity, -1e30, -200, -0.0, 0, 128, 1e30, .infinity, .nan]
    values.withUnsafeMutableBufferPointer { Kernels.exp2($0.baseAddress!, count: $0.count) }
    #expect(values.dropLast() == [0, 0, 0, 1, 1, .infinity, .infinity, .infinity])
    #expect(values[8].isNaN)
    values = [-.infinity, -1e30, -100, -0.0, 0, 89, 1e30, .infinity, .nan]
    values.withUnsafeMutableBufferPointer { Kernels.exp($0.baseAddress!, count: $0.count) }
    #expect(values.dropLast() == [0, 0, 0, 1, 1, .infinity, .infinity, .infinity])
    #expect(values[8].isNaN)
  }

  @Test func siluKeepsItsDigits() {
    let inputs = numbers(-40...40)
    let values = activated(inputs, .silu)
    #expect(largestRelativeError(values, inputs) { $0 / (1 + Glibc.exp(-$0)) } < 1e-6)
  }

  @Test func geluKeepsItsDigits() {
    let inputs = numbers(-9...9)
    let values = activated(inputs, .gelu)
    #expect(
      largestRelativeError(values, inputs) { $0 * 0.5 * erfc(-$0 / 2.0.squareRoot()) } < 2e-6)
  }

  @Test func geluByTanhKeepsItsDigits() {
    func exact(_ x: Double) -> Double {
      let inner = (2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)
      return x / (1 + Glibc.exp(-2 * inner))
    }
    let near = numbers(-4...9)
    #expect(largestRelativeError(activated(near, .geluTanh), near, exact) < 2e-6)
    // Further down the exponent is large and Float32 cannot hold its fraction; what is left of
    // the function is below 1e-3 of its argument there.
    let far = numbers(-7 ... -4)
    #expect(largestRelativeError(activated(far, .geluTanh), far, exact) < 6e-6)
  }

  @Test(arguments: [ActivationKernel.gelu, .geluTanh, .silu])
  func farFromZeroTheyAreTheIdentityOrZero(activation: ActivationKernel) {
    let values = activated([-1e4, -100, 0, 100, 1e4, .nan, .infinity], activation)
    #expect(values[0...1].allSatisfy { abs($0) < 1e-30 })
    #expect(values[2...4] == [0, 100, 1e4])
    #expect(values[5].isNaN)
    #expect(values[6] == .infinity)
  }

  @Test(arguments: [1, 15, 16, 17, 100])
  func biasAndGateTouchTheirBlockOnly(columns: Int) {
    let stride = columns + 3
    let rows = 3
    var values = (0..<rows * stride).map { Float($0) }
    let bias = (0..<columns).map { Float($0) * 100 }
    let gate = (0..<columns).map { Float($0 % 3) - 1 }
    let before = values
    values.withUnsafeMutableBufferPointer {
      addBiasAndActivate(
        $0.baseAddress!, stride: stride, rows: rows, columns: columns, bias: bias,
        activation: .none)
    }
    var residual = [Float](repeating: 1, count: rows * stride)
    residual.withUnsafeMutableBufferPointer {
      addGated(
        before, stride: stride, rows: rows, columns: columns, bias: bias, gate: gate,
        to: $0.baseAddress!, residualStride: stride)
    }
    for index in 0..<rows * stride {
      let column = index % stride
      let inside = column < columns
      let sum = before[index] + (inside ? bias[column] : 0)
      #expect(values[index] == sum)
      #expect(residual[index] == 1 + (inside ? gate[column] * sum : 0))
    }
  }

  @Test func nonFiniteNumbersAreFoundWhereverTheyAre() {
    for count in [1, 15, 16, 17, 50] {
      var values = [Float](repeating: 3e38, count: count)
      #expect(firstNonFinite(values, count: count) == nil)
      for position in stride(from: count - 1, through: 0, by: -1) {
        values[position] = [.nan, .infinity, -.infinity][position % 3]
        #expect(firstNonFinite(values, count: count) == position)
      }
    }
  }

  @Test func productsOfArrays() {
    var values: [Float] = (0..<37).map { Float($0) }
    values.withUnsafeMutableBufferPointer {
      multiply($0.baseAddress!, by: Array($0), count: $0.count)
    }
    #expect(values == (0..<37).map { Float($0 * $0) })
  }
}
