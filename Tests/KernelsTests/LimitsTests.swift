import Kernels
import Testing

@Suite struct LimitsTests {
  /// Every chain runs from its number towards 1, by 3/4 of the way that is left each round.
  @Test(arguments: [0, 1, 2, 7, 8, 9, 40])
  func chainsGoOnForEveryRound(rounds: Int) {
    var sums = [Float](repeating: 0, count: 16)
    sums.withUnsafeMutableBufferPointer {
      multiplyAddInRegisters(rounds: rounds, into: $0.baseAddress!)
    }
    let chains = multiplyAddOperations / 32
    var left = 1.0
    for _ in 0..<rounds { left *= 0.75 }
    let expected = (0..<chains).reduce(0.0) { $0 + 1 + (Double($1) - 1) * left }
    // Twelve roundings of numbers below 12, and one for each round.
    for sum in sums { #expect(abs(Double(sum) - expected) <= 1e-5 * (1 + expected)) }
  }

  @Test(arguments: [0, 1, 15, 16, 17, 100])
  func scalingTouchesItsNumbersAlone(count: Int) {
    let source = (0..<count + 1).map { Float($0) - 3 }
    var result = [Float](repeating: 9, count: count + 1)
    result.withUnsafeMutableBufferPointer {
      scaleVectors(source, by: -2, into: $0.baseAddress!, count: count)
    }
    #expect(result == source.prefix(count).map { $0 * -2 } + [9])
  }
}
