import Layers
import Tensor
import Testing

@Suite struct EmbeddingTests {
  private func row(_ index: Int, of embedding: Embedding) -> [Float] {
    [Float](unsafeUninitializedCapacity: embedding.width) { buffer, count in
      guard let base = buffer.baseAddress else { return }
      embedding.copy(index, to: base)
      count = embedding.width
    }
  }

  @Test func rowsOfAFileAreWidenedWhenTheyAreAskedFor() throws {
    let values = (0..<21).map { Float($0) - 8.5 }
    let bits = values.map { UInt16($0.bitPattern >> 16) }
    let source = Weights(StoredWeights(tensors: ["weight": bits]))
    let embedding = try Embedding(source, count: 3, width: 7)
    for index in 0..<3 {
      #expect(row(index, of: embedding) == Array(values[index * 7..<index * 7 + 7]))
    }
  }

  @Test func rowsOfATensor() throws {
    let table = try Tensor([2, 3])
    for index in 0..<6 { table.pointer[index] = Float(index) / 3 }
    let embedding = try Embedding(
      Weights(DictionaryWeights(["weight": table])), count: 2, width: 3)
    #expect(row(1, of: embedding) == [1, 4 / 3, 5 / 3])
    #expect(throws: WeightError.self) {
      try Embedding(Weights(DictionaryWeights(["weight": table])), count: 3, width: 2)
    }
  }
}
