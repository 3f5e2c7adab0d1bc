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
    .full(101, visibility: .causal()),
    .full(101, visibility: .causal(block: 25)),
    .full(101, visibility: .window(before: 9, after: 17)),
    .full(101, visibility: .window(before: 40, after: 0, block: 20)),
    AttentionPattern(groups: [
      .init(queries: [60..<101], keys: [0..<12, 20..<101], visibility: .causal(block: 10))
    ]),
  ]

  @Test(arguments: patterns, [(1, 32), (3, 16), (2, 48), (2, 64), (1, 80), (1, 256)])
  func agreesWithTheFormula(pattern: AttentionPattern, head: (count: Int, size: Int)) throws {
    let compute = try Compute.forTests()
    let shape = [101, head.count, head.size]
    let q = try normals(shape, seed: 1)
    let k = try normals(shape, seed: 2)
    let v = try normals(shape, seed: 3)
    let exact = plainAttention(q, k, v, pattern)
    for precision in ComputePrecision.allCases {
      let out = attention(
        queries: q, keys: k, values: v, pattern: pattern, precision: precision, compute)
      #expect(out.shape == [101, head.count * head.size])
      #expect(relativeErrorInNorm(out.array(), exact) < precision.attentionTolerance)
    }
    #expect(
      relativeError(
        attention(queries: q, keys: k, values: v, pattern: pattern, compute).array(), exact)
        < 1e-6)
  }

  /// Random numbers of tokens and heads, several tiles of keys, fewer heads of keys than of queries.
  @Test(arguments: 0..<12)
  func randomShapesAgreeWithTheFormula(seed: Int) throws {
    var random = SplitMix(state: UInt64(seed))
    let compute = try Compute.forTests()
    let keyHeads = Int.random(in: 1...2, using: &random)
    let heads = keyHeads * Int.random(in: 1...3, using: &random)
    let size = 8 * Int.random(in: 1...20, using: &random)
    let (n, m) = (Int.random(in: 1...60, using: &random), Int.random(in: 1...400, using: &random))
    let visibility: AttentionPattern.Visibility = [
      .all, .causal(), .causal(block: 50), .window(before: 150, after: 30),
    ][seed % 4]
    let pattern = AttentionPattern(groups: [
      .init(queries: [0..<n], keys: [0..<m], visibility: visibility)
    ])
    let q = try normals([n, heads, size], seed: 1)
    let k = try normals([m, keyHeads, size], seed: 2)
    let v = try normals([m, keyHeads, size], seed: 3)
    let exact = plainAttention(q, k, v, pattern)
    for precision in ComputePrecision.allCases {
      let out = attention(
        queries: q, keys: k, values: v, pattern: pattern, precision: precision, compute
      ).array()
      #expect(relativeErrorInNorm(out, exact) < precision.attentionTolerance)
      // Of the factors' own rounding nothing is left here; of the weights' there is.
      let plain = plainAttention(q, k, v, pattern, rounding: precision)
      #expect(relativeErrorInNorm(out, plain) < (precision == .f32 ? 1e-6 : 3e-3))
    }
  }

  @Test(arguments: [191, 193, 401])
  func severalBlocksOfQueriesAgreeWithTheFormula(count: Int) throws {
    let compute = try Compute.forTests()
    let q = try normals([count, 1, 24], seed: 1)
    let k = try normals([21, 1, 24], seed: 2)
    let pattern = AttentionPattern(groups: [.init(queries: [0..<count], keys: [0..<21])])
    let exact = plainAttention(q, k, k, pattern)
    for precision in ComputePrecision.allCases {
      let out = attention(
        queries: q, keys: k, values: k, pattern: pattern, precision: precision, compute)
      #expect(relativeErrorInNorm(out.array(), exact) < precision.attentionTolerance)
    }
  }

  @Test(arguments: ComputePrecision.allCases)
  func largeScoresRaiseTheMaximumOnTheWay(precision: ComputePrecision) throws {
    // Each key is longer than the one before, so that every strip of keys goes beyond the headroom.
    let compute = try Compute.forTests()
    let x = try normals([300, 1, 16], seed: 1)
    let k = try normals([300, 1, 16], seed: 2)
    for key in 0..<300 {
      for index in 0..<16 { k.pointer[key * 16 + index] *= 0.2 * Float(key) }
    }
    let out = attention(
      queries: x, keys: k, values: x, pattern: .full(300), precision: precision, compute)
    let plain = plainAttention(x, k, x, .full(300), rounding: precision)
    // Scores of a hundred are as exact as their sums in Float32.
    #expect(relativeErrorInNorm(out.array(), plain) < (precision == .f32 ? 1e-5 : 4e-3))
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

  @Test(arguments: ComputePrecision.allCases, [Float.nan, .infinity, -.infinity])
  func aStrangeQuerySpoilsItsRowAlone(precision: ComputePrecision, strange: Float) throws {
    // Scores of both infinities, or none that is a number.
    let compute = try Compute.forTests()
    let x = try normals([70, 1, 16], seed: 1)
    let q = try normals([70, 1, 16], seed: 2)
    q.pointer[33 * 16 + 3] = strange
    let out = attention(
      queries: q, keys: x, values: x, pattern: .full(70), precision: precision, compute)
    for row in 0..<70 {
      let values = out[row..<row + 1].array()
      #expect(values.allSatisfy { row == 33 ? $0.isNaN : $0.isFinite })
    }
  }

  @Test func infiniteScoresAreAsTheFormulaHasThem() throws {
    let compute = try Compute.forTests()
    let v = try normals([20, 1, 16], seed: 1)
    let q = try Tensor([3, 1, 16])
    let k = try Tensor([20, 1, 16])
    k.fill(0)
    q.fill(0)
    // Row 0 sees −∞ at key 11, row 1 sees +∞ there, row 2 a product of zero and infinity.
    k.pointer[11 * 16] = .infinity
    q.pointer[0] = -1
    q.pointer[16] = 1
    let pattern = AttentionPattern(groups: [.init(queries: [0..<3], keys: [0..<20])])
    for precision in [ComputePrecision.f32, .bf16] {
      let out = attention(
        queries: q, keys: k, values: v, pattern: pattern, precision: precision, compute)
      var mean = [Double](repeating: 0, count: 16)
      for key in 0..<20 where key != 11 {
        for index in 0..<16 { mean[index] += Double(v.pointer[key * 16 + index]) / 19 }
      }
      #expect(relativeErrorInNorm(out[0..<1].array(), mean) < precision.attentionTolerance)
      #expect(out[1..<3].array().allSatisfy { $0.isNaN })
    }
    // Where every score is −∞ nothing can be divided.
    for key in 0..<20 { k.pointer[key * 16] = .infinity }
    let out = attention(queries: q, keys: k, values: v, pattern: pattern, compute)
    #expect(out.array().allSatisfy { $0.isNaN })
  }

  @Test(arguments: ComputePrecision.allCases)
  func denormalsAreSmallNumbers(precision: ComputePrecision) throws {
    let compute = try Compute.forTests()
    let x = try normals([40, 1, 16], seed: 1)
    let v = try normals([40, 1, 16], seed: 2)
    for row in 0..<20 {
      for index in 0..<16 { x.pointer[row * 16 + index] *= 0x1p-133 }
    }
    let out = attention(
      queries: x, keys: x, values: v, pattern: .full(40), precision: precision, compute)
    let exact = plainAttention(x, x, v, .full(40))
    #expect(relativeErrorInNorm(out.array(), exact) < precision.attentionTolerance)
  }

  @Test(arguments: ComputePrecision.allCases)
  func rowsThatSeeNoKeyAreZero(precision: ComputePrecision) throws {
    // More queries than keys: the last ones stand beside the keys.
    let compute = try Compute.forTests()
    let x = try normals([50, 1, 16], seed: 1)
    let pattern = AttentionPattern(groups: [
      .init(queries: [0..<50], keys: [0..<20], visibility: .causal())
    ])
    let out = attention(
      queries: x, keys: x, values: x, pattern: pattern, precision: precision, compute)
    #expect(out[0..<30].array().allSatisfy { $0 == 0 })
    #expect(
      relativeErrorInNorm(out.array(), plainAttention(x, x, x, pattern))
        < precision.attentionTolerance)
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

  @Test(arguments: ComputePrecision.allCases)
  func bitsDoNotDependOnThreads(precision: ComputePrecision) throws {
    let x = try normals([101, 2, 64], seed: 1)
    for pattern in AttentionTests.patterns {
      let results = try [1, 2, 3, 5].map {
        attention(
          queries: x, keys: x, values: x, pattern: pattern, precision: precision,
          try Compute.forTests(threads: $0)
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

extension ComputePrecision {
  /// Relative in norm: eight bits of mantissa in bfloat16, seven of magnitude in eight-bit integers,
  /// whose errors average over a sum.
  fileprivate var attentionTolerance: Double {
    switch self {
    case .f32: 1e-6
    case .bf16: 1e-2
    case .int8: 3e-2
    }
  }
}

/// Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014).
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}
