import Checkpoint
import Glibc
import Kernels
import Tensor
import Testing

@testable import Layers

@Suite struct LinearTests {
  private func linear(_ inputs: Int, _ outputs: Int, bias: Bool = true) throws -> (
    layer: Linear, weight: Tensor, bias: Tensor
  ) {
    let weight = try normals([outputs, inputs], seed: 11)
    let offset = try normals([outputs], seed: 12)
    let source = Weights(DictionaryWeights(["weight": weight, "bias": offset]))
    return (try Linear(source, inputs: inputs, outputs: outputs, bias: bias), weight, offset)
  }

  @Test(arguments: [(1, 1, 1), (7, 5, 3), (65, 33, 257), (130, 96, 300)])
  func agreesWithSumsInFloat64(rows: Int, inputs: Int, outputs: Int) throws {
    let compute = try Compute.forTests()
    let (layer, weight, bias) = try linear(inputs, outputs)
    let x = try normals([rows, inputs], seed: 13)
    var expected = [Double](repeating: 0, count: rows * outputs)
    for row in 0..<rows {
      for column in 0..<outputs {
        var sum = Double(bias.pointer[column])
        for index in 0..<inputs {
          sum +=
            Double(x.pointer[row * inputs + index])
            * Double(weight.pointer[column * inputs + index])
        }
        expected[row * outputs + column] = sum
      }
    }
    #expect(relativeError(layer(x, compute).array(), expected) < 1e-6)
    let gate = try normals([outputs], seed: 14)
    let residual = try normals([rows, outputs], seed: 15)
    let old = residual.array()
    layer(x, addingTo: residual, gate: gate, compute)
    let added: [Double] = expected.indices.map { index in
      let factor = Double(gate.pointer[index % outputs])
      return Double(old[index]) + expected[index] * factor
    }
    #expect(relativeError(residual.array(), added) < 1e-6)
  }

  /// Weights that are packed for every product give the bits of weights that were packed once, whatever
  /// the number of threads, within what they say they take of the arena.
  @Test(arguments: [(1, 40, 33), (15, 384, 1536), (17, 3100, 65)], [ComputePrecision.f32, .bf16])
  func weightsMayStayInTheirFile(_ size: (Int, Int, Int), precision: ComputePrecision) throws {
    let (rows, inputs, outputs) = size
    let weight = try normals([outputs, inputs], seed: 21)
    let bias = try normals([outputs], seed: 22)
    let source = Weights(
      StoredWeights(tensors: [
        "weight": weight.array().map { UInt16($0.bitPattern >> 16) },
        "bias": bias.array().map { UInt16($0.bitPattern >> 16) },
      ]), precision: precision)
    let kept = try Linear(source, inputs: inputs, outputs: outputs)
    let filed = try Linear(source, inputs: inputs, outputs: outputs, staysInFile: true)
    let x = try normals([rows, inputs], seed: 23)
    let expected = kept(x, try Compute.forTests(), activation: .gelu).array()
    let room =
      Linear.packingByteCount(rows: rows, inputs: inputs, outputs: outputs, precision)
      + Linear.inputByteCount(of: [rows, inputs], precision) + Arena.byteCount(of: [rows, outputs])
    for threads in [1, 3] {
      let compute = try Compute(threads: threads, arenaByteCount: room)
      #expect(filed(x, compute, activation: .gelu).array() == expected)
    }
  }

  @Test func leadingAxesAreRows() throws {
    let compute = try Compute.forTests()
    let layer = try linear(6, 4).layer
    let x = try normals([2, 3, 6], seed: 1)
    let y = layer(x, compute)
    #expect(y.shape == [2, 3, 4])
    #expect(y.array() == layer(x.reshaped([6, 6]), compute).array())
    #expect(layer(x.reshaped([6, 6])[0..<0], compute).shape == [0, 4])
    #expect(layer(try normals([6], seed: 1), compute).shape == [4])
  }

  @Test func withoutABiasZeroStaysZero() throws {
    let compute = try Compute.forTests()
    let layer = try linear(9, 5, bias: false).layer
    #expect(layer(try Tensor([2, 9]), compute).array() == [Float](repeating: 0, count: 10))
  }

  @Test func theResidualTakesNoArena() throws {
    let compute = try Compute.forTests()
    let layer = try linear(9, 5).layer
    layer(try Tensor([2, 9]), addingTo: try Tensor([2, 5]), compute)
    #expect(compute.arena.usedByteCount == 0)
  }

  @Test func bitsDoNotDependOnThreads() throws {
    let layer = try linear(96, 520).layer
    let x = try normals([333, 96], seed: 3)
    var results: [[Float]] = []
    for threads in [1, 2, 3, 5] {
      let compute = try Compute.forTests(threads: threads)
      let residual = try normals([333, 520], seed: 4)
      layer(x, addingTo: residual, gate: nil, compute)
      results.append(layer(x, compute, activation: .geluTanh).array() + residual.array())
    }
    #expect(results.allSatisfy { $0 == results[0] })
  }

  @Test func aWrongShapeIsNamed() throws {
    let source = Weights(DictionaryWeights(["up.weight": try Tensor([3, 4])]))
    let error = #expect(throws: WeightError.self) {
      try Linear(source["up"], inputs: 4, outputs: 5)
    }
    #expect(error?.description == "up.weight has shape [3, 4], expected [5, 4]")
  }

  @Test(arguments: Activation.allCases)
  func agreesWithPyTorch(activation: Activation) throws {
    let compute = try Compute.forTests()
    let golden = try Golden("linear")
    let source = DictionaryWeights([
      "weight": try golden["weight"], "bias": try golden["bias"],
    ])
    let layer = try Linear(Weights(source), inputs: 37, outputs: 70)
    let x = try golden["x"]
    let expected = try golden["\(activation)"]
    #expect(relativeError(layer(x, compute, activation: activation), expected) < 1e-6)
    let plain = layer(x, compute)
    activation.apply(to: plain, compute)
    #expect(relativeError(plain, expected) < 1e-6)
    let residual = try Tensor(try golden["residual"].array(), shape: [5, 70])
    layer(x, addingTo: residual, gate: try golden["gate"], compute)
    #expect(relativeError(residual, try golden["added"]) < 1e-6)
  }
}

/// Linear maps in bfloat16 and in eight bits: the reference is Float32.
@Suite struct LinearPrecisionTests {
  private func linear(
    _ inputs: Int, _ outputs: Int, _ precision: ComputePrecision, seed: UInt64 = 11
  ) throws -> Linear {
    let source = DictionaryWeights([
      "weight": try normals([outputs, inputs], seed: seed),
      "bias": try normals([outputs], seed: seed + 1),
    ])
    return try Linear(
      Weights(source, precision: precision), inputs: inputs, outputs: outputs)
  }

  private func bound(_ precision: ComputePrecision) -> Double {
    switch precision {
    case .f32: 1e-6
    case .bf16: 1e-2
    case .int8: 3e-2
    }
  }

  @Test(arguments: ComputePrecision.allCases, [(1, 64, 48), (31, 97, 130), (200, 256, 300)])
  func agreesWithFloat32(precision: ComputePrecision, shape: (Int, Int, Int)) throws {
    let compute = try Compute.forTests()
    let x = try normals([shape.0, shape.1], seed: 3)
    let reference = try linear(shape.1, shape.2, .f32)(x, compute, activation: .silu)
    let layer = try linear(shape.1, shape.2, precision)
    #expect(
      relativeNorm(layer(x, compute, activation: .silu), reference) < bound(precision))
    let sum = try normals(reference.shape, seed: 5)
    let other = try Tensor(sum.array(), shape: sum.shape)
    layer(x, addingTo: sum, compute)
    try linear(shape.1, shape.2, .f32)(x, addingTo: other, compute)
    #expect(relativeNorm(sum, other) < bound(precision))
  }

  /// Norm, two maps with an activation between them, and a residual: what a block does.
  @Test(arguments: ComputePrecision.allCases, [33, 64])
  func chains(precision: ComputePrecision, hidden: Int) throws {
    let compute = try Compute.forTests()
    let (shift, scale) = (try normals([40], seed: 6), try normals([40], seed: 7))
    func run(_ precision: ComputePrecision) throws -> Tensor {
      let first = try linear(40, hidden, precision)
      let second = try linear(hidden, 40, precision, seed: 15)
      let x = try normals([77, 40], seed: 4)
      let used = compute.arena.usedByteCount
      compute.arena.scope { () -> Void in
        let h = first.input(normalizing: x, shift: shift, scale: scale, epsilon: 1e-6, compute)
        second(
          first(h, for: second, compute, activation: .geluTanh), addingTo: x, gate: scale, compute)
      }
      #expect(compute.arena.usedByteCount == used)
      return x
    }
    #expect(relativeNorm(try run(precision), try run(.f32)) < 2 * bound(precision))
  }

  /// Queries, keys and values against three maps, a norm and a rotation of their own.
  @Test(arguments: ComputePrecision.allCases, [(1, 16), (3, 32), (2, 48)])
  func heads(precision: ComputePrecision, shape: (heads: Int, size: Int)) throws {
    let compute = try Compute.forTests()
    let (tokens, inputs, width) = (29, 50, shape.heads * shape.size)
    let map = try linear(inputs, 3 * width, precision)
    let (queryNorm, keyNorm) = (
      try normals([shape.size], seed: 8), try normals([shape.size], seed: 9)
    )
    let angles = (0..<tokens * shape.size / 2).map { Double($0) * 0.1 }
    let table = try RotaryTable(angles: angles, tokens: tokens)
    let x = try normals([tokens, inputs], seed: 10)
    let parts = try (0..<3).map { _ in try Tensor([tokens, shape.heads, shape.size]) }
    HeadProjection(map, queryNorm: queryNorm, keyNorm: keyNorm, epsilon: 1e-6)(
      map.input(x, compute), queries: parts[0], keys: parts[1], values: parts[2], table: table,
      compute)
    let joint = map(x, compute).array()
    for (index, part) in parts.enumerated() {
      var values: [Float] = []
      for token in 0..<tokens {
        let start = (3 * token + index) * width
        values += joint[start..<start + width]
      }
      let expected = try Tensor(values, shape: part.shape)
      if index < 2 {
        normalizeAndRotate(
          expected, norm: index == 0 ? queryNorm : keyNorm, epsilon: 1e-6, table: table, compute)
      }
      #expect(part.array() == expected.array())
    }
  }

  @Test(arguments: [ComputePrecision.bf16, .int8])
  func bitsDoNotDependOnThreads(precision: ComputePrecision) throws {
    let (first, second) = (
      try linear(96, 520, precision), try linear(520, 96, precision, seed: 15)
    )
    var results: [[Float]] = []
    for threads in [1, 2, 3, 5] {
      let compute = try Compute.forTests(threads: threads)
      let x = try normals([333, 96], seed: 3)
      let hidden = first(first.input(x, compute), for: second, compute, activation: .gelu)
      second(hidden, addingTo: x, compute)
      results.append(x.array() + first(x, compute).array())
    }
    #expect(results.allSatisfy { $0 == results[0] })
  }

  /// Sums of more than one pass, on several threads.
  @Test(arguments: ComputePrecision.allCases)
  func longRows(precision: ComputePrecision) throws {
    let inputs = 7 * 1024
    let layer = try linear(inputs, 70, precision)
    let reference = try linear(inputs, 70, .f32)
    let x = try normals([40, inputs], seed: 3)
    let one = try Compute.forTests(threads: 1)
    let result = layer(x, one)
    #expect(relativeNorm(result, reference(x, one)) < bound(precision))
    #expect(layer(x, try Compute.forTests(threads: 3)).array() == result.array())
    let scratch = Linear.scratchByteCount(rows: 40, inputs: inputs, outputs: 70, precision)
    #expect(scratch > 0)
  }

  /// Weights that lie in a file as bfloat16 are packed from there, to the same bits.
  @Test(arguments: ComputePrecision.allCases)
  func packsStoredWeights(precision: ComputePrecision) throws {
    let weight = try normals([37, 51], seed: 1)
    for index in 0..<weight.count {
      weight.pointer[index] = Float(
        bitPattern: weight.pointer[index].bitPattern & 0xffff_0000)
    }
    let path = "/tmp/flipbook-packing-\(precision.rawValue)-\(getpid()).safetensors"
    var writer = SafetensorsWriter()
    writer.add("weight", weight, as: .bf16)
    try writer.write(to: path)
    defer { unlink(path) }
    let compute = try Compute.forTests()
    let x = try normals([9, 51], seed: 2)
    let sources: [any WeightSource] = [
      DictionaryWeights(["weight": weight]), try Safetensors(opening: path),
    ]
    let results = try sources.map { source in
      try Linear(
        Weights(source, precision: precision), inputs: 51, outputs: 37, bias: false)(x, compute)
        .array()
    }
    #expect(results[0] == results[1])
    #expect(
      throws: WeightError.shape(key: "weight", found: [37, 51], expected: [37, 52])
    ) {
      try Linear(
        Weights(sources[1], precision: precision), inputs: 52, outputs: 37, bias: false)
    }
    #expect(throws: WeightError.missing(key: "up.weight", expected: [37, 51])) {
      try Linear(
        Weights(sources[1], precision: precision)["up"], inputs: 51, outputs: 37, bias: false)
    }
  }

  /// Every number of the result belongs to one block.
  @Test(arguments: [(0, 5), (1, 1), (448, 256), (16, 1024), (1280, 8960), (13, 33)], [32, 96])
  func blocksCoverTheResult(shape: (Int, Int), unit: Int) {
    for (groups, format) in [
      (1, ProductFormat.float32), (128, .bfloat16), (1536, .int8), (4480, .float32), (4480, .int8),
    ] {
      let blocks = ProductBlocks(
        rows: shape.0, columns: shape.1, format, groups: groups, unit: unit)
      var count = 0
      for index in 0..<blocks.count {
        let block = blocks[index]
        count += block.rows.count * block.columns.count
        #expect(block.columns.lowerBound % unit == 0 && block.rows.upperBound <= shape.0)
      }
      #expect(count == shape.0 * shape.1)
    }
  }
}
