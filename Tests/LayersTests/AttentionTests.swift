import Glibc
import Layers
import Tensor
import Testing

@Suite struct AttentionTests {
  /// Patterns over 101 tokens: everything; frames with a shared text in the middle; ranges that
  /// cut across tiles and blocks; a single key.
  private static let patterns: [AttentionPattern] = [
    .full(101),
    AttentionPattern(groups: [
      .init(queries: [0..<40], keys: [0..<40, 80..<101]),
      .init(queries: [40..<80], keys: [80..<101, 40..<80]),
      .init(queries: [80..<101], keys: [0..<101]),
    ]),
    AttentionPattern(groups: [
      .init(
        queries: (0..<50).map { 2 * $0..<2 * $0 + 1 }, keys: (0..<50).map { 2 * $0..<2 * $0 + 1 }),
      .init(queries: [1..<2, 99..<100, 3..<4], keys: [7..<8]),
    ]),
    AttentionPattern(groups: [.init(queries: [5..<101, 0..<5], keys: [0..<64])]),
    AttentionPattern(groups: [.init(queries: [0..<33], keys: [0..<65, 65..<65])]),
  ]

  @Test(arguments: patterns, [(1, 32), (3, 16), (2, 48), (2, 64), (1, 80), (1, 256)])
  func agreesWithTheFormula(pattern: AttentionPattern, head: (count: Int, size: Int)) throws {
    let compute = try Compute.forTests()
    let shape = [101, head.count, head.size]
    let q = try normals(shape, seed: 1)
    let k = try normals(shape, seed: 2)
    let v = try normals(shape, seed: 3)
    let out = attention(queries: q, keys: k, values: v, pattern: pattern, compute)
    #expect(out.shape == [101, head.count * head.size])
    #expect(relativeError(out.array(), plainAttention(q, k, v, pattern)) < 1e-6)
  }

  @Test func equalKeysGiveTheMeanOfTheValues() throws {
    let compute = try Compute.forTests()
    let k = try Tensor([150, 1, 32])
    k.fill(0.5)
    let v = try normals([150, 1, 32], seed: 3)
    let q = try normals([150, 1, 32], seed: 1)
    let out = attention(queries: q, keys: k, values: v, pattern: .full(150), compute)
    var mean = [Double](repeating: 0, count: 32)
    for (index, value) in v.array().enumerated() { mean[index % 32] += Double(value) / 150 }
    let expected = (0..<150).flatMap { _ in mean }
    #expect(relativeError(out.array(), expected) < 2e-6)
  }

  @Test func hugeScoresPickTheirKeyAndStayFinite() throws {
    let compute = try Compute.forTests()
    // Key i points along axis i % 16, and every later one is longer.
    let k = try Tensor([80, 1, 16])
    for key in 0..<80 { k.pointer[key * 16 + key % 16] = 100 * Float(key + 1) }
    let v = try normals([80, 1, 16], seed: 1)
    let out = attention(queries: k, keys: k, values: v, pattern: .full(80), compute)
    for query in 0..<80 {
      let best = 64 + query % 16
      #expect(out[query..<query + 1].array() == v[best..<best + 1].array())
    }
  }

  @Test func rowsThatAreNoQueryAreZero() throws {
    let compute = try Compute.forTests()
    // The arena's memory is not zero.
    compute.arena.scope { compute.arena.tensor([10_000]).fill(7) }
    let x = try normals([20, 1, 16], seed: 1)
    let pattern = AttentionPattern(groups: [.init(queries: [4..<6], keys: [0..<20])])
    let out = attention(queries: x, keys: x, values: x, pattern: pattern, compute)
    #expect(out[0..<4].array().allSatisfy { $0 == 0 })
    #expect(out[6..<20].array().allSatisfy { $0 == 0 })
    #expect(out[4..<6].array().contains { $0 != 0 })
  }

  @Test func aNotANumberReachesTheOutput() throws {
    let compute = try Compute.forTests()
    let x = try normals([70, 1, 16], seed: 1)
    x.pointer[3 * 16] = .nan
    let out = attention(queries: x, keys: x, values: x, pattern: .full(70), compute)
    #expect(out.array().contains { $0.isNaN })
  }

  @Test func onlyTheResultStaysInTheArena() throws {
    let compute = try Compute.forTests()
    let x = try normals([70, 2, 32], seed: 1)
    let pattern = AttentionPattern.full(70)
    let out = attention(queries: x, keys: x, values: x, pattern: pattern, compute)
    let kept = Arena.byteCount(of: out.shape)
    #expect(compute.arena.usedByteCount == kept)
    #expect(
      compute.arena.peakByteCount
        == kept + attentionScratchByteCount(pattern, heads: 2, headSize: 32))
  }

  @Test func bitsDoNotDependOnThreads() throws {
    let x = try normals([101, 2, 64], seed: 1)
    for pattern in AttentionTests.patterns {
      let results = try [1, 2, 3, 5].map {
        attention(
          queries: x, keys: x, values: x, pattern: pattern, try Compute.forTests(threads: $0)
        ).array()
      }
      #expect(results.allSatisfy { $0 == results[0] })
    }
  }

  @Test func withNormAndRotationAgreesWithPyTorch() throws {
    let compute = try Compute.forTests()
    let golden = try Golden("attention")
    let q = try Tensor(try golden["q"].array(), shape: [101, 2, 32])
    let k = try Tensor(try golden["k"].array(), shape: [101, 2, 32])
    let frequencies: [Double] = (0..<16).map { exp(-log(10_000) * Double($0) / 16) }
    let angles: [Double] = (1...101).flatMap { position in
      frequencies.map { Double(position) * $0 }
    }
    let table = try RotaryTable(angles: angles, tokens: 101)
    normalizeAndRotate(q, norm: try golden["q_norm"], epsilon: 1e-6, table: table, compute)
    normalizeAndRotate(k, norm: try golden["k_norm"], epsilon: 1e-6, table: table, compute)
    #expect(relativeError(q, try golden["q_turned"]) < 1e-6)
    let pattern = AttentionPattern(groups: [
      .init(queries: [0..<40], keys: [0..<40, 75..<101]),
      .init(queries: [40..<75], keys: [40..<101]),
      .init(queries: [75..<101], keys: [0..<101]),
    ])
    let out = attention(
      queries: q, keys: k, values: try golden["v"], pattern: pattern, compute)
    #expect(relativeError(out, try golden["out"]) < 2e-6)
  }

  @Test func turningAllTokensAlikeLeavesAttentionAsItWas() throws {
    let compute = try Compute.forTests()
    let results = try [0.0, 0.3, 17].map { (shift: Double) -> Tensor in
      let q = try normals([40, 2, 32], seed: 1)
      let k = try normals([40, 2, 32], seed: 2)
      let angles: [Double] = (0..<40).flatMap { token in
        (1...16).map { pair in (Double(token) + shift) / Double(pair) }
      }
      let table = try RotaryTable(angles: angles, tokens: 40)
      for x in [q, k] { normalizeAndRotate(x, norm: nil, epsilon: 0, table: table, compute) }
      return attention(
        queries: q, keys: k, values: try normals([40, 2, 32], seed: 3), pattern: .full(40),
        compute)
    }
    #expect(relativeError(results[1], results[0]) < 2e-6)
    #expect(relativeError(results[2], results[0]) < 2e-6)
  }

  @Test func aNormAloneGivesRowsOfLengthOne() throws {
    let compute = try Compute.forTests()
    let x = try normals([7, 3, 20], seed: 1)
    let ones = try Tensor([20])
    ones.fill(1)
    normalizeAndRotate(x, norm: ones, epsilon: 0, table: nil, compute)
    for row in 0..<21 {
      let values = x.reshaped([21, 20])[row..<row + 1].array()
      #expect(abs(values.reduce(0) { $0 + $1 * $1 } - 20) < 1e-4)
    }
  }
}
