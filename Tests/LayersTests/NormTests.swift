import Layers
import Tensor
import Testing

@Suite struct NormTests {
  private func weights(_ golden: Golden) throws -> Weights {
    Weights(
      DictionaryWeights(["weight": try golden["weight"], "bias": try golden["bias"]]))
  }

  @Test func agreeWithPyTorch() throws {
    let compute = try Compute.forTests()
    let golden = try Golden("norms")
    let x = try golden["x"]
    let layer = try LayerNorm(try weights(golden), size: 45)
    #expect(relativeError(layer(x, compute), try golden["layer"]) < 1e-6)
    let rms = try RMSNorm(try weights(golden), size: 45)
    #expect(relativeError(rms(x, compute), try golden["rms"]) < 1e-6)
    let modulated = layerNormModulated(
      x, shift: try golden["bias"], scale: try golden["weight"], epsilon: 1e-6, compute)
    #expect(relativeError(modulated, try golden["modulated"]) < 1e-6)
  }

  @Test func modulatedByNothingRowsHaveMeanZeroAndVarianceOne() throws {
    let compute = try Compute.forTests()
    let x = try normals([5, 100], seed: 1)
    let zero = try Tensor([100])
    let y = layerNormModulated(x, shift: zero, scale: zero, epsilon: 0, compute).array()
    for row in 0..<5 {
      let values = y[row * 100..<(row + 1) * 100].map(Double.init)
      #expect(abs(values.reduce(0, +)) < 1e-4)
      #expect(abs(values.reduce(0) { $0 + $1 * $1 } - 100) < 1e-3)
    }
  }

  @Test func aConstantRowBecomesTheShift() throws {
    let compute = try Compute.forTests()
    let x = try Tensor([2, 24])
    x.fill(5)
    let shift = try normals([24], seed: 2)
    let y = layerNormModulated(x, shift: shift, scale: shift, epsilon: 1e-6, compute)
    #expect(y.array() == shift.array() + shift.array())
  }

  @Test func bitsDoNotDependOnThreads() throws {
    let x = try normals([77, 50], seed: 1)
    let source = Weights(DictionaryWeights(["weight": try normals([50], seed: 2)]))
    let norm = try RMSNorm(source, size: 50)
    let results = try [1, 2, 3, 5].map { norm(x, try Compute.forTests(threads: $0)).array() }
    #expect(results.allSatisfy { $0 == results[0] })
  }

  @Test func timestepEmbeddingAgreesWithPyTorch() throws {
    let compute = try Compute.forTests()
    let golden = try Golden("timestep")
    for (row, step) in try golden["steps"].array().enumerated() {
      let embedding = sinusoidalEmbedding(step, size: 64, compute)
      #expect(relativeError(embedding, try golden["embedding"][row..<row + 1]) < 1e-6)
    }
  }

  @Test func theFirstLayerThatIsNotFiniteIsRemembered() throws {
    let compute = try Compute.forTests()
    let finder = NonFiniteFinder()
    compute.observer = finder
    let tensor = try Tensor([3, 20])
    compute.observe("blocks.0", tensor)
    #expect(finder.finding == nil)
    tensor.pointer[41] = .infinity
    compute.observe("blocks.1.attn", tensor)
    tensor.pointer[3] = .nan
    compute.observe("blocks.2", tensor)
    #expect(
      finder.finding?.description
        == "blocks.1.attn gave inf at element 41 of its output of shape [3, 20]")
  }
}
