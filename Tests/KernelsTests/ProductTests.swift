import Glibc
import Kernels
import Tensor
import Testing

/// The matrix products against sums in Float64: what rounding the factors costs, and that nothing
/// else is lost.
@Suite struct ProductTests {
  /// One, and one less and one more than a tile, a panel, a group of four rows; inner dimensions that tile
  /// registers take in steps of 16, 12 and 4 groups of some format, and ones that they do not take.
  private static let shapes = [
    (1, 1, 1), (1, 97, 33), (3, 5, 31), (4, 64, 32), (5, 16, 64), (11, 33, 17), (12, 130, 65),
    (13, 255, 100), (27, 48, 40), (40, 7, 129),
    (15, 64, 33), (16, 256, 32), (17, 192, 64), (31, 96, 96), (32, 128, 65), (33, 320, 31),
    (70, 64, 70),
  ]

  @Test(arguments: ProductFormat.allCases, shapes)
  func agreesWithPlainSums(format: ProductFormat, shape: (Int, Int, Int)) throws {
    let plain = try PlainProduct(rows: shape.0, inputs: shape.1, outputs: shape.2, seed: 3)
    let result = plain.kernel(format)
    // Float32 sums of a few hundred products; of int8, a step more or less where Float32 rounds a
    // half differently than the plain version.
    #expect(
      relativeNorm(result, plain.rounded(format)) < (format == .int8 ? 2e-4 : 1e-6), "\(shape)")
    let bound =
      switch format {
      case .float32: 1e-6
      case .bfloat16: 1e-2
      case .int8: 3e-2
      }
    // Few numbers may all fall badly.
    if shape.0 * shape.2 >= 100 { #expect(relativeNorm(result, plain.exact) < bound, "\(shape)") }
  }

  /// A row is what it is alone, wherever it stands: so bits depend on nothing but the shape.
  @Test(arguments: ProductFormat.allCases, [64, 96, 97])
  func rowsAreAlone(format: ProductFormat, inputs: Int) throws {
    let (rows, outputs) = (53, 40)
    let (x, weights) = (
      try normals(rows * inputs, seed: 6), try normals(outputs * inputs, seed: 7)
    )
    func product(_ rows: Range<Int>) -> [Float] {
      PlainProduct(
        rows: rows.count, inputs: inputs, outputs: outputs,
        x: Array(x[rows.lowerBound * inputs..<rows.upperBound * inputs]), weights: weights
      ).kernel(format)
    }
    let whole = product(0..<rows)
    for part in [0..<1, 5..<22, 31..<33, 20..<53] {
      #expect(
        product(part) == Array(whole[part.lowerBound * outputs..<part.upperBound * outputs]))
    }
  }

  /// Shapes that no one chose.
  @Test(arguments: ProductFormat.allCases)
  func randomShapes(format: ProductFormat) throws {
    var state: UInt64 = 88_172_645_463_325_252
    func random(_ limit: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return 1 + Int(state % UInt64(limit))
    }
    for seed in 0..<40 {
      let plain = try PlainProduct(
        rows: random(50), inputs: random(300), outputs: random(150), seed: UInt64(seed))
      let error = relativeNorm(plain.kernel(format), plain.rounded(format))
      #expect(
        error < (format == .int8 ? 2e-4 : 1e-6), "\(plain.rows)×\(plain.inputs)×\(plain.outputs)")
    }
  }

  /// More groups than one pass takes, in vectors and, where there are any, in tile registers.
  @Test(arguments: ProductFormat.allCases, [3072, 3079])
  func severalPasses(format: ProductFormat, groups: Int) throws {
    let plain = try PlainProduct(
      rows: 37, inputs: groups * format.groupSize, outputs: 35, seed: 5)
    let passes = ProductPasses(format, groups: groups)
    #expect(passes.partialSumsByteCount(rows: 37, columns: 35) > 0)
    #expect(
      relativeNorm(plain.kernel(format), plain.rounded(format)) < (format == .int8 ? 2e-4 : 2e-6))
  }

  /// As IEEE 754 says, in the rows that they stand in and in no other.
  @Test(arguments: [ProductFormat.float32, .bfloat16])
  func infinitiesAndNaN(format: ProductFormat) throws {
    let (rows, inputs, outputs) = (14, 9, 34)
    var x = try normals(rows * inputs, seed: 1)
    var weights = try normals(outputs * inputs, seed: 2)
    x[3 * inputs + 8] = .infinity
    x[5 * inputs + 1] = .nan
    x[12 * inputs + 2] = -.infinity
    x[12 * inputs + 4] = .infinity
    weights[7 * inputs + 8] = 0
    let plain = PlainProduct(
      rows: rows, inputs: inputs, outputs: outputs, x: x, weights: weights)
    for (value, expected) in zip(plain.kernel(format), plain.exact) {
      if expected.isFinite {
        #expect(abs(Double(value) - expected) < 0.1)
      } else {
        #expect(value.isNaN == expected.isNaN && (value.isNaN || Double(value) == expected))
      }
    }
  }

  /// Eight bits have no infinity: all products of such a row are NaN, so that it is seen.
  @Test(arguments: [Float.infinity, -.infinity, .nan])
  func rowsOfBytesThatAreNoNumbers(value: Float) throws {
    var x = try normals(5 * 37, seed: 1)
    x[2 * 37 + 36] = value
    let plain = PlainProduct(
      rows: 5, inputs: 37, outputs: 3, x: x, weights: try normals(3 * 37, seed: 2))
    let result = plain.kernel(.int8)
    for row in 0..<5 {
      #expect(result[3 * row..<3 * row + 3].allSatisfy { $0.isNaN == (row == 2) })
    }
  }

  /// Float32 keeps denormals; bfloat16 may take them for zero, which is all that it may do.
  @Test func denormals() {
    let x: [Float] = [0x1.8p-128, 2, 0x1p-129, 1]
    let weights: [Float] = [1, 0x1p-129, 2, 0x1p-133]
    let plain = PlainProduct(rows: 1, inputs: 4, outputs: 1, x: x, weights: weights)
    #expect(relativeNorm(plain.kernel(.float32), plain.exact) < 1e-4)
    #expect(abs(plain.kernel(.bfloat16)[0]) < 1.2e-38)
  }

  @Test func bfloat16RoundsToEven() {
    var bits: [UInt32] = [0, 1 << 31, 0x3f80_8000, 0x3f81_8000, 0x3f80_8001, 0x3f80_7fff]
    bits += [0x7f7f_ffff, 0x7f80_0000, 0xff80_0000, 0x0080_8000]
    for seed in 1..<2000 { bits.append(UInt32(seed) &* 2_654_435_761) }
    let values = bits.map(Float.init(bitPattern:)).filter { $0.isZero || !$0.isSubnormal }
    var result = [UInt16](repeating: 0, count: values.count + 1)
    result.withUnsafeMutableBytes {
      ProductRows(.bfloat16, columns: values.count, $0.baseAddress!, stride: 0, scales: nil)
        .convert(values, rows: 0..<1)
    }
    for (value, result) in zip(values, result) {
      let rounded = Float(bitPattern: UInt32(result) << 16)
      if value.isNaN {
        #expect(rounded.isNaN)
      } else {
        #expect(rounded.bitPattern == PlainProduct.bfloat16(value).bitPattern, "\(value)")
      }
    }
    var widened = [Float](repeating: 0, count: values.count)
    result.withUnsafeBytes {
      widenBFloat16($0.baseAddress!, count: values.count, into: &widened)
    }
    #expect(widened.last == result.dropLast().last.map { Float(bitPattern: UInt32($0) << 16) })
  }

  @Test func bytesHoldZeroAndTheEnds() {
    // Rows of zeros, of one sign, of one number, of numbers too small to divide by.
    let rows: [[Float]] = [
      [0, 0, 0], [1, 2, 3], [-3, -2, -1], [5, 5, 5], [1e-38, -1e-38, 0], [-1, 0, 254],
    ]
    let plain = PlainProduct(
      rows: rows.count, inputs: 3, outputs: 3, x: rows.flatMap { $0 },
      weights: [1, 0, 0, 0, 1, 0, 0, 0, 1])
    for (value, expected) in zip(plain.kernel(.int8), rows.flatMap { $0 }) {
      #expect(abs(value - expected) <= 0.51 * 255 / 255 || abs(expected) < 1e-37)
    }
    #expect(plain.kernel(.int8)[0..<3].allSatisfy { $0 == 0 })
  }

  /// Weights whose sums wrap around on the way and not in the end.
  @Test func longSumsOfBytes() {
    let inputs = 1 << 16
    let x = (0..<inputs).map { Float($0 % 2 == 0 ? 1 : 0.5) }
    let plain = PlainProduct(
      rows: 1, inputs: inputs, outputs: 1, x: x, weights: [Float](repeating: 1, count: inputs))
    #expect(relativeNorm(plain.kernel(.int8), plain.exact) < 3e-3)
  }

  @Test func theFirstThatIsNotFinite() {
    for place in [0, 1, 31, 32, 33, 70] {
      for bits: UInt16 in [0x7f80, 0xff80, 0x7fc0] {
        var values = [UInt16](repeating: 0x7f7f, count: 71)
        values[place] = bits
        #expect(
          values.withUnsafeBytes { firstNonFiniteBFloat16($0.baseAddress!, count: 71) } == place)
      }
    }
    let finite = [UInt16](repeating: 0xff7f, count: 71)
    #expect(finite.withUnsafeBytes { firstNonFiniteBFloat16($0.baseAddress!, count: 71) } == nil)
  }
}
