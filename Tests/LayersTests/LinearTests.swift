import Layers
import Tensor
import Testing

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
