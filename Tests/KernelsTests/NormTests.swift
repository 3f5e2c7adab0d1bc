import Kernels
import Testing

@Suite struct NormTests {
  /// Numbers around `center` that repeat nowhere.
  private func numbers(_ count: Int, center: Float = 0) -> [Float] {
    (0..<count).map { center + Float(($0 * 7919) % 1013) / 506.5 - 1 }
  }

  @Test(arguments: [1, 2, 15, 16, 17, 31, 32, 33, 48, 100, 257, 384])
  func layerNormAgreesWithFloat64(columns: Int) {
    let rows = 3
    // A mean far from zero shows a variance that cancels.
    let input = numbers(rows * columns, center: 30)
    let scale = numbers(columns, center: 1)
    let shift = numbers(columns)
    var output = [Float](repeating: 0, count: input.count)
    output.withUnsafeMutableBufferPointer {
      layerNorm(
        input, $0.baseAddress!, rows: rows, columns: columns, scale: scale, shift: shift,
        scaleOffset: 1, epsilon: 1e-5)
    }
    for row in 0..<rows {
      let values = input[row * columns..<(row + 1) * columns].map(Double.init)
      let mean = values.reduce(0, +) / Double(columns)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(columns)
      for column in 0..<columns {
        let normal = (values[column] - mean) / (variance + 1e-5).squareRoot()
        let expected = normal * (1 + Double(scale[column])) + Double(shift[column])
        // Float32 holds numbers near 30 to 2e-6, a few millionths of their spread.
        #expect(abs(Double(output[row * columns + column]) - expected) < 2e-5)
      }
    }
  }

  @Test(arguments: [1, 2, 15, 16, 17, 33, 64, 100, 257])
  func rmsNormAgreesWithFloat64(columns: Int) {
    let rows = 3
    let input = numbers(rows * columns)
    let weight = numbers(columns, center: 1)
    var output = [Float](repeating: 0, count: input.count)
    output.withUnsafeMutableBufferPointer {
      rmsNorm(
        input, $0.baseAddress!, rows: rows, columns: columns, weight: weight, epsilon: 1e-6)
    }
    for row in 0..<rows {
      let values = input[row * columns..<(row + 1) * columns].map(Double.init)
      let mean = values.reduce(0) { $0 + $1 * $1 } / Double(columns)
      for column in 0..<columns {
        let expected = values[column] / (mean + 1e-6).squareRoot() * Double(weight[column])
        #expect(
          abs(Double(output[row * columns + column]) - expected) <= 2e-6 * max(abs(expected), 1))
      }
    }
  }

  @Test(arguments: [2, 6, 16, 18, 30, 32, 64, 100])
  func rotationTurnsPairsAndKeepsLengths(size: Int) {
    let input = numbers(size)
    let angles = numbers(size / 2, center: 2).map(Double.init)
    let cosines = angles.map { Float(cosine($0)) }
    let sines = angles.map { Float(cosine($0 - Double.pi / 2)) }
    var output = input
    output.withUnsafeMutableBufferPointer {
      normalizeAndRotate(
        $0.baseAddress!, tokens: 1, heads: 1, headSize: size, weight: nil, epsilon: 0,
        cosines: cosines, sines: sines)
    }
    for pair in 0..<size / 2 {
      let (x, y) = (input[2 * pair], input[2 * pair + 1])
      #expect(abs(output[2 * pair] - (x * cosines[pair] - y * sines[pair])) < 1e-6)
      #expect(abs(output[2 * pair + 1] - (y * cosines[pair] + x * sines[pair])) < 1e-6)
    }
  }

  /// The Taylor series, to need no library here.
  private func cosine(_ x: Double) -> Double {
    (1..<30).reduce((sum: 1.0, term: 1.0)) { state, k in
      let term = -state.term * x * x / Double((2 * k - 1) * (2 * k))
      return (state.sum + term, term)
    }.sum
  }
}
