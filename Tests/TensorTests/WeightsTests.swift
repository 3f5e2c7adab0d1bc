import Tensor
import Testing

@Suite struct WeightsTests {
  private func source() throws -> DictionaryWeights {
    DictionaryWeights([
      "blocks.1.attn.to_q.bias": try Tensor([1, 2, 3], shape: [3]),
      "scale": try Tensor([5], shape: [1]),
    ])
  }

  @Test func keyPathsNarrow() throws {
    let weights = Weights(try source())
    let attention = weights["blocks"][1]["attn"]
    #expect(attention.prefix == "blocks.1.attn")
    #expect(try attention["to_q"].tensor("bias", [3]).array() == [1, 2, 3])
    #expect(attention["to_q"].contains("bias"))
    #expect(!attention["to_q"].contains("weight"))
    #expect(try weights.tensor("scale", [1]).array() == [5])
  }

  @Test func errorsNameTheWholeKey() throws {
    let query = Weights(try source())["blocks"][1]["attn"]["to_q"]
    let shape = #expect(throws: WeightError.self) { try query.tensor("bias", [4]) }
    #expect(shape?.description == "blocks.1.attn.to_q.bias has shape [3], expected [4]")
    let missing = #expect(throws: WeightError.self) { try query.tensor("weight", [4, 4]) }
    #expect(
      missing?.description
        == "blocks.1.attn.to_q.weight is missing, expected a tensor of shape [4, 4]")
  }
}
