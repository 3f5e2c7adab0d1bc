import Glibc
import Kernels
import Testing

/// What follows a product, tile by tile, against the same done afterwards, number by number.
@Suite struct ProductEndTests {
  private static let shapes = [(1, 3, 1), (5, 20, 31), (13, 33, 70), (26, 12, 96)]

  private func apply(_ activation: ActivationKernel, _ x: Double) -> Double {
    switch activation {
    case .none: x
    case .gelu: 0.5 * x * erfc(-x / 2.0.squareRoot())
    case .geluTanh:
      0.5 * x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
    case .silu: x / (1 + exp(-x))
    }
  }

  @Test(
    arguments: [ActivationKernel.none, .gelu, .geluTanh, .silu], shapes)
  func biasAndActivation(activation: ActivationKernel, shape: (Int, Int, Int)) throws {
    let (rows, outputs) = (shape.0, shape.2)
    let plain = try PlainProduct(rows: rows, inputs: shape.1, outputs: outputs, seed: 7)
    let bias = try normals(outputs, seed: 9)
    let expected = plain.exact.enumerated().map {
      apply(activation, $1 + Double(bias[$0 % outputs]))
    }
    // A row longer than the result, so that a number too many is seen.
    let stride = outputs + 3
    var floats = [Float](repeating: 77, count: rows * stride)
    var halves = [UInt16](repeating: 77, count: rows * stride)
    bias.withUnsafeBufferPointer { bias in
      floats.withUnsafeMutableBufferPointer {
        plain.run(
          .float32,
          ProductEnd(
            bias: bias.baseAddress, activation: activation,
            .float32($0.baseAddress!, stride: stride)))
      }
      halves.withUnsafeMutableBytes {
        plain.run(
          .float32,
          ProductEnd(
            bias: bias.baseAddress, activation: activation,
            .bfloat16($0.baseAddress!, stride: 2 * stride)))
      }
    }
    for row in 0..<rows {
      for column in 0..<outputs {
        let value = expected[row * outputs + column]
        let float = Double(floats[row * stride + column])
        #expect(abs(float - value) < 1e-5 * (1 + abs(value)))
        // Half a unit of bfloat16's last place, and what the activation is short of.
        let half = Double(Float(bitPattern: UInt32(halves[row * stride + column]) << 16))
        #expect(abs(half - value) < 0.0042 * abs(value) + 1e-6, "\(activation): \(value)")
      }
      #expect(floats[row * stride + outputs..<(row + 1) * stride].allSatisfy { $0 == 77 })
      #expect(halves[row * stride + outputs..<(row + 1) * stride].allSatisfy { $0 == 77 })
    }
  }

  @Test(arguments: shapes, [true, false])
  func residual(shape: (Int, Int, Int), isGated: Bool) throws {
    let (rows, outputs) = (shape.0, shape.2)
    let plain = try PlainProduct(rows: rows, inputs: shape.1, outputs: outputs, seed: 11)
    let (bias, gate) = (try normals(outputs, seed: 13), try normals(outputs, seed: 14))
    let old = try normals(rows * outputs, seed: 15)
    var result = old
    bias.withUnsafeBufferPointer { bias in
      gate.withUnsafeBufferPointer { gate in
        result.withUnsafeMutableBufferPointer {
          plain.run(
            .float32,
            ProductEnd(
              bias: bias.baseAddress,
              .residual(
                $0.baseAddress!, stride: outputs, gate: isGated ? gate.baseAddress : nil)))
        }
      }
    }
    let expected = plain.exact.enumerated().map { index, sum in
      let factor = isGated ? Double(gate[index % outputs]) : 1
      return Double(old[index]) + factor * (sum + Double(bias[index % outputs]))
    }
    #expect(relativeNorm(result, expected) < 1e-6)
  }

  /// Activations of what is no number, and of numbers out of the exponential's reach.
  @Test func activationsOfExtremes() {
    let x: [Float] = [.nan, .infinity, 300, -300, 0, 40, -40, 1e30, -1e30]
    let plain = PlainProduct(rows: x.count, inputs: 1, outputs: 1, x: x, weights: [1])
    for activation in [ActivationKernel.geluTanh, .silu] {
      var halves = [UInt16](repeating: 0, count: x.count)
      halves.withUnsafeMutableBytes {
        plain.run(
          .float32,
          ProductEnd(bias: nil, activation: activation, .bfloat16($0.baseAddress!, stride: 2)))
      }
      let values = halves.map { Float(bitPattern: UInt32($0) << 16) }
      #expect(values[0].isNaN && values[1] == .infinity)
      for index in 2..<x.count {
        let expected = max(x[index], 0)
        #expect(abs(values[index] - expected) <= 0.004 * expected + 1e-5, "\(x[index])")
      }
    }
  }

  /// Layer normalisation straight into the rows of a product.
  @Test(arguments: ProductFormat.allCases, [1, 5, 16, 33, 100])
  func layerNormIntoRows(format: ProductFormat, columns: Int) throws {
    let rows = 3
    let x = try normals(rows * columns, seed: 21)
    let (scale, shift) = (try normals(columns, seed: 22), try normals(columns, seed: 23))
    var plain = [Float](repeating: 0, count: x.count)
    layerNorm(
      x, &plain, rows: rows, columns: columns, scale: scale, shift: shift, scaleOffset: 1,
      epsilon: 1e-5)
    let stride = format.groups(columns) * groupByteCount
    func converted(_ body: (ProductRows) -> Void) -> ([UInt8], [Float]) {
      var bytes = [UInt8](repeating: 1, count: rows * stride)
      let memory = UnsafeMutablePointer<ActivationScale>.allocate(capacity: rows)
      defer { memory.deallocate() }
      bytes.withUnsafeMutableBytes {
        body(
          ProductRows(
            format, columns: columns, $0.baseAddress!, stride: stride,
            scales: format == .int8 ? memory : nil))
      }
      return (bytes, format == .int8 ? (0..<rows).map { memory[$0].step } : [])
    }
    let fused = converted {
      $0.layerNorm(
        x, rows: 0..<rows, scale: scale, shift: shift, scaleOffset: 1, epsilon: 1e-5)
    }
    let after = converted { $0.convert(plain, rows: 0..<rows) }
    #expect(fused.1 == after.1)
    #expect(fused.0 == after.0)
  }
}
