// The limits of products in fewer bits: the instructions that multiply pairs of bfloat16 and fours of
// eight-bit integers, in registers alone; in tile registers, where products go through these.

import CSIMD

/// Sums that grow side by side: enough to hide the latency of the instructions.
private let chainCount = 20

/// Dot products of pairs of bfloat16, as `multiplyAddInRegisters` does multiply-adds.
/// - Parameters:
///   - rounds: how often each chain goes on.
///   - result: sixteen numbers, written so that no compiler leaves the loop out.
@inline(never)
package func bfloat16DotInRegisters(rounds: Int, into result: UnsafeMutablePointer<Float>) {
  if hasTileRegisters {
    multiplyTileRegisters(BFloat16Element.self, rounds: rounds, into: result)
    return
  }
  // 1·½ − 1·½: the sums stay what they are, finite and not denormal.
  let ones = flipbook_bf16_broadcast(0x3f80_3f80)
  let halves = flipbook_bf16_broadcast(0xbf00_3f00)
  var sums = InlineArray<20, Vector> { Vector(repeating: Float($0)) }
  for _ in 0..<rounds {
    for chain in 0..<chainCount {
      sums[unchecked: chain] = flipbook_bf16_dot(sums[unchecked: chain], ones, halves)
    }
  }
  var sum = sums[0]
  for chain in 1..<chainCount { sum += sums[chain] }
  sum.store(to: result)
}

/// The operations of one round, a multiplication with its addition counted as two.
package var bfloat16DotOperations: Int {
  (hasTileRegisters ? tileProducts : chainCount) * lanes * 2 * 2
}

/// Dot products of fours of eight-bit integers.
/// - Parameters: as above.
@inline(never)
package func int8DotInRegisters(rounds: Int, into result: UnsafeMutablePointer<Float>) {
  if hasTileRegisters {
    multiplyTileRegisters(Int8Element.self, rounds: rounds, into: result)
    return
  }
  let ones = flipbook_u8_broadcast(0x0101_0101)
  let signs = flipbook_i8_broadcast(0xff01_ff01)
  var sums = InlineArray<20, SIMD16<Int32>> { SIMD16(repeating: Int32($0)) }
  for _ in 0..<rounds {
    for chain in 0..<chainCount {
      sums[unchecked: chain] = flipbook_int8_dot(sums[unchecked: chain], ones, signs)
    }
  }
  var sum = sums[0]
  for chain in 1..<chainCount { sum &+= sums[chain] }
  flipbook_f32_from_i32(sum).store(to: result)
}

/// The operations of one round.
package var int8DotOperations: Int {
  (hasTileRegisters ? tileProducts : chainCount) * lanes * 4 * 2
}

/// What a round does in tile registers, in dot products of a vector: four products of sixteen rows and
/// sixteen groups.
private let tileProducts = 4 * tileRegisterRows * 16

private func multiplyTileRegisters<Element: TileElement>(
  _: Element.Type, rounds: Int, into result: UnsafeMutablePointer<Float>
) {
  flipbook_tiles_configure(16, 16, 16)
  for _ in 0..<rounds {
    Element.addHighLeft()
    Element.addHighRight()
    Element.addLowLeft()
    Element.addLowRight()
  }
  var sums = InlineArray<16, Vector>(repeating: Vector(repeating: 0))
  withUnsafeMutablePointer(to: &sums) { flipbook_tile_store0($0, 64) }
  flipbook_tiles_release()
  sums[0].store(to: result)
}
