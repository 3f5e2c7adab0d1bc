import Kernels
import Tensor

/// The matrix product of the kernels, one number after the other: rounding, sums in Float64, and what
/// stands for a number in eight bits.
struct PlainProduct {
  let rows: Int
  let inputs: Int
  let outputs: Int
  /// `[rows, inputs]` and `[outputs, inputs]`.
  let x: [Float]
  let weights: [Float]

  /// Numbers of a standard normal distribution.
  init(rows: Int, inputs: Int, outputs: Int, seed: UInt64) throws {
    self.init(
      rows: rows, inputs: inputs, outputs: outputs,
      x: try normals(rows * inputs, seed: seed),
      weights: try normals(outputs * inputs, seed: seed + 1))
  }

  init(rows: Int, inputs: Int, outputs: Int, x: [Float], weights: [Float]) {
    self.rows = rows
    self.inputs = inputs
    self.outputs = outputs
    self.x = x
    self.weights = weights
  }

  /// `x Wᵀ` of the numbers as they are.
  var exact: [Double] { product(x.map(Double.init), weights.map(Double.init)) }

  /// `x Wᵀ` of the numbers that a format holds.
  func rounded(_ format: ProductFormat) -> [Double] {
    switch format {
    case .float32: exact
    case .bfloat16:
      product(x.map { Double(Self.bfloat16($0)) }, weights.map { Double(Self.bfloat16($0)) })
    case .int8:
      product(
        perRow(x, rows, Self.unsignedBytes), perRow(weights, outputs, Self.signedBytes))
    }
  }

  /// What the kernels make of it, with an end that stores it.
  func kernel(_ format: ProductFormat) -> [Float] {
    var result = [Float](repeating: .nan, count: rows * outputs)
    result.withUnsafeMutableBufferPointer { result in
      guard let base = result.baseAddress else { return }
      run(format, ProductEnd(bias: nil, .float32(base, stride: outputs)))
    }
    return result
  }

  /// Packs both factors and runs the whole product as one block.
  func run(_ format: ProductFormat, _ end: ProductEnd) {
    let groups = format.groups(inputs)
    let panelCount = (outputs + tileColumns - 1) / tileColumns
    // A stride with room behind the groups, filled with what would show in a sum.
    let stride = (groups + 3) * groupByteCount
    let activations = bytes(rows * stride, filled: 0xff)
    let panels = bytes(panelCount * groups * panelStepByteCount, filled: 0)
    let scratch = bytes(tileColumns * groups * groupByteCount, filled: 0)
    let partial = bytes(
      ProductPasses(format, groups: groups).partialSumsByteCount(rows: rows, columns: outputs),
      filled: 0xff)
    let scales = UnsafeMutablePointer<ActivationScale>.allocate(capacity: max(rows, 1))
    var steps = [Float](repeating: 0, count: panelCount * tileColumns)
    var sums = [Int32](repeating: 0, count: panelCount * tileColumns)
    defer {
      for memory in [activations, panels, scratch, partial] { memory.deallocate() }
      scales.deallocate()
    }
    ProductRows(
      format, columns: inputs, activations, stride: stride,
      scales: format == .int8 ? scales : nil
    ).convert(x, rows: 0..<rows)
    for panel in 0..<panelCount {
      scratch.initializeMemory(as: UInt8.self, repeating: 0, count: tileColumns * groups * 4)
      for output in panel * tileColumns..<min(outputs, (panel + 1) * tileColumns) {
        let scale = Array(weights[output * inputs..<(output + 1) * inputs]).withUnsafeBufferPointer
        {
          convertWeights(
            $0.baseAddress ?? UnsafePointer(bitPattern: 64)!, count: inputs, to: format,
            scratch + output % tileColumns * groups * 4)
        }
        steps[output] = scale.step
        sums[output] = scale.sum
      }
      packPanel(scratch, groups: groups, into: panels + panel * groups * panelStepByteCount)
    }
    steps.withUnsafeBufferPointer { steps in
      sums.withUnsafeBufferPointer { sums in
        let isScaled = format == .int8
        let factors = ProductFactors(
          format: format, groups: groups, activations: activations, activationStride: stride,
          activationScales: isScaled ? UnsafePointer(scales) : nil, panels: panels,
          weightScales: isScaled ? steps.baseAddress : nil,
          weightSums: isScaled ? sums.baseAddress : nil)
        multiplyBlock(
          factors, rows: 0..<rows, columns: 0..<outputs, partialSums: partial, end: end)
      }
    }
  }

  private func bytes(_ count: Int, filled value: UInt8) -> UnsafeMutableRawPointer {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(count, 64), alignment: 64)
    memory.initializeMemory(as: UInt8.self, repeating: value, count: max(count, 64))
    return memory
  }

  private func product(_ x: [Double], _ weights: [Double]) -> [Double] {
    var result: [Double] = []
    for row in 0..<rows {
      for output in 0..<outputs {
        var sum = 0.0
        for index in 0..<inputs {
          sum += x[row * inputs + index] * weights[output * inputs + index]
        }
        result.append(sum)
      }
    }
    return result
  }

  private func perRow(
    _ values: [Float], _ rows: Int, _ body: (ArraySlice<Float>) -> [Double]
  ) -> [Double] {
    (0..<rows).flatMap { body(values[$0 * inputs..<($0 + 1) * inputs]) }
  }

  /// The nearest number of bfloat16, ties to even.
  static func bfloat16(_ value: Float) -> Float {
    let bits = value.bitPattern
    if value.isNaN { return value }
    let rounded = (bits &+ 0x7fff &+ (bits >> 16 & 1)) & 0xffff_0000
    return Float(bitPattern: rounded)
  }

  /// What bytes from 0 to 255 stand for, zero among it.
  private static func unsignedBytes(_ row: ArraySlice<Float>) -> [Double] {
    let (low, high) = (min(0, row.min() ?? 0), max(0, row.max() ?? 0))
    let range = high - low
    let inverse = range > 1e-30 ? 255 / range : 0
    let zero = (-low * inverse).rounded()
    return row.map { value in
      let steps = value.multiplied(by: inverse, adding: zero)
      return Double(max(0, min(255, steps.rounded(.toNearestOrEven))) - zero) * Double(range / 255)
    }
  }

  /// What bytes from −127 to 127 stand for.
  private static func signedBytes(_ row: ArraySlice<Float>) -> [Double] {
    let largest = row.reduce(0) { max($0, abs($1)) }
    let inverse = largest > 1e-30 ? 127 / largest : 0
    return row.map {
      Double(($0 * inverse).rounded(.toNearestOrEven)) * Double(largest / 127)
    }
  }
}

extension Float {
  /// `self · factor + addend` with one rounding.
  fileprivate func multiplied(by factor: Float, adding addend: Float) -> Float {
    addend.addingProduct(self, factor)
  }
}

/// The length of the error in lengths of what is expected.
func relativeNorm(_ values: [Float], _ expected: [Double]) -> Double {
  precondition(values.count == expected.count)
  var (error, size) = (0.0, 0.0)
  for (value, expected) in zip(values, expected) {
    error += (Double(value) - expected) * (Double(value) - expected)
    size += expected * expected
  }
  return (error / max(size, .leastNormalMagnitude)).squareRoot()
}

/// `count` normals under a seed.
func normals(_ count: Int, seed: UInt64) throws -> [Float] {
  let tensor = try Tensor([count])
  Philox(seed: seed).normals(into: tensor)
  return tensor.array()
}
