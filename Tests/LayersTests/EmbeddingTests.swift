import Layers
import Tensor
import Testing

@Suite struct EmbeddingTests {
  /// A source that has its table as bfloat16, as a file does.
  private struct StoredTable: WeightSource {
    let bits: [UInt16]

    private final class Owner: @unchecked Sendable {
      let bytes: UnsafeMutableRawBufferPointer
      init(_ bits: [UInt16]) {
        bytes = .allocate(byteCount: bits.count * 2, alignment: 1)
        bits.withUnsafeBytes { bytes.copyMemory(from: $0) }
      }
      deinit { bytes.deallocate() }
    }

    func tensor(_ key: String, shape: [Int]) throws -> Tensor {
      throw WeightError.dataType(key: key, found: "a table that is not to be widened whole")
    }
    func bfloat16(_ key: String, shape: [Int]) throws -> BFloat16Values? {
      let owner = Owner(bits)
      guard let base = owner.bytes.baseAddress else { return nil }
      return BFloat16Values(base, count: bits.count, owner: owner)
    }
    func contains(_ key: String) -> Bool { true }
  }

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
    let embedding = try Embedding(Weights(StoredTable(bits: bits)), count: 3, width: 7)
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
