import Tensor
import Testing

@Suite struct PhiloxTests {
  /// The known answers that Random123 ships (`kat_vectors`, philox4x32, 10 rounds).
  @Test(arguments: [
    (
      counter: 0 as UInt64, stream: 0 as UInt64, seed: 0 as UInt64,
      SIMD4<UInt32>(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)
    ),
    (.max, .max, .max, SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)),
    (
      0x85a3_08d3_243f_6a88, 0x0370_7344_1319_8a2e, 0x299f_31d0_a409_3822,
      SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)
    ),
  ])
  func knownAnswers(counter: UInt64, stream: UInt64, seed: UInt64, expected: SIMD4<UInt32>) {
    #expect(Philox(seed: seed, stream: stream).block(counter) == expected)
  }

  @Test func elementsDoNotDependOnWhereDrawingStarted() throws {
    let philox = Philox(seed: 7, stream: 3)
    let whole = try Tensor([101])
    philox.normals(into: whole)
    for start in [0, 1, 2, 37, 100] {
      let part = try Tensor([101 - start])
      philox.normals(into: part, startingAt: UInt64(start))
      #expect(part.array() == Array(whole.array()[start...]))
    }
  }

  @Test func normalsHaveTheMomentsOfANormal() throws {
    let count = 40_000
    let tensor = try Tensor([count])
    Philox(seed: 1).normals(into: tensor)
    let values = tensor.array().map(Double.init)
    func moment(_ order: Int) -> Double {
      values.reduce(0) { sum, x in sum + (0..<order).reduce(1) { power, _ in power * x } }
        / Double(count)
    }
    // Five standard errors of each moment.
    #expect(abs(moment(1)) < 5 / Double(count).squareRoot())
    #expect(abs(moment(2) - 1) < 5 * (2 / Double(count)).squareRoot())
    #expect(abs(moment(3)) < 5 * (15 / Double(count)).squareRoot())
    #expect(abs(moment(4) - 3) < 5 * (96 / Double(count)).squareRoot())
  }

  @Test func seedsAndStreamsAreUnrelated() throws {
    func draw(_ seed: UInt64, _ stream: UInt64) throws -> [Float] {
      let tensor = try Tensor([4_000])
      Philox(seed: seed, stream: stream).normals(into: tensor)
      return tensor.array()
    }
    let reference = try draw(1, 0)
    for other in [try draw(2, 0), try draw(1, 1), try draw(1 << 32, 0)] {
      let correlation = zip(reference, other).reduce(0) { $0 + Double($1.0 * $1.1) } / 4_000
      #expect(abs(correlation) < 5 / 4_000.0.squareRoot())
    }
  }
}
