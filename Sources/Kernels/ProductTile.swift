// The register tile of a matrix product: twelve rows by thirty-two columns in twenty-four registers.
//
// A step along the inner dimension loads two vectors of weights and twelve groups of activations,
// each spread over a vector, for twenty-four multiply-adds: fourteen loads, which two load ports give
// in seven cycles, against twelve cycles of arithmetic.
//
// Sixteen registers of half the width (AVX2) hold a quarter of it, six rows by sixteen columns: `NarrowTile`.

import CSIMD

/// The columns of a tile, and of a panel of packed weights.
package let tileColumns = 2 * lanes

/// The rows of the highest tile in vector registers.
let tileRows = 12

/// The rows of a tile of four tile registers, two above two.
let registerTileRows = 2 * tileRegisterRows

/// The bytes of one group of every column of a panel.
package let panelStepByteCount = tileColumns * groupByteCount

/// The bytes that the sums of a tile take, in vector and in tile registers, and those of a row of them.
let tileByteCount = tileRows * tileRowByteCount
let registerTileByteCount = registerTileRows * tileRowByteCount
let tileRowByteCount = tileColumns * MemoryLayout<Float>.stride

/// Multiplies up to twelve rows of activations with a panel of weights.
/// - Parameters:
///   - a: the first group of the first row.
///   - stride: bytes between two rows.
///   - rows: 1 to 12.
///   - panel: `groups` steps of thirty-two groups.
///   - sums: room for twelve rows of thirty-two, aligned to 64 bytes.
///   - isFirst: whether the sums begin at zero and not at what lies there.
@inline(__always)
func multiplyTile<Element: ProductElement>(
  _: Element.Type, _ a: UnsafeRawPointer, stride: Int, rows: Int, panel: UnsafeRawPointer,
  groups: Int, sums: UnsafeMutableRawPointer, isFirst: Bool
) {
  if rows == tileRows && hasWideRegisters {
    multiplyTwelve(
      Element.self, a, stride: stride, panel: panel, groups: groups, sums: sums, isFirst: isFirst)
    return
  }
  if hasWideRegisters {
    for first in Swift.stride(from: 0, to: rows, by: 4) {
      multiplyFour(
        Element.self, a + first * stride, FourRows(count: rows - first, stride: stride),
        panel: panel, groups: groups, sums: sums + first * tileRowByteCount, isFirst: isFirst)
    }
    return
  }
  // All rows with one half, which is small enough for the first cache, before the other.
  for half in 0..<2 {
    let half = half * panelStepByteCount / 2
    for first in Swift.stride(from: 0, to: rows, by: narrowTileRows) {
      multiplySix(
        Element.self, a + first * stride, stride: stride, rows: rows - first,
        panel: panel + half, groups: groups, sums: sums + first * tileRowByteCount + half,
        isFirst: isFirst)
    }
  }
}

/// Sums of a row of a tile.
private struct Row<Element: ProductElement> {
  var left: Element.Sums
  var right: Element.Sums

  /// Zeros, or row `index` of what lies in memory.
  @inline(__always)
  init(_ sums: UnsafeRawPointer, _ index: Int, isFirst: Bool) {
    let place = sums + index &* tileRowByteCount
    left = isFirst ? Element.zero : place.load(as: Element.Sums.self)
    right =
      isFirst ? Element.zero : (place + tileRowByteCount / 2).load(as: Element.Sums.self)
  }

  @inline(__always)
  mutating func add(_ group: UnsafeRawPointer, _ first: Element.Factors, _ second: Element.Factors)
  {
    let group = group.loadUnaligned(as: UInt32.self)
    left = Element.add(group, times: first, to: left)
    right = Element.add(group, times: second, to: right)
  }

  @inline(__always)
  func store(to sums: UnsafeMutableRawPointer, _ index: Int) {
    let place = sums + index &* tileRowByteCount
    place.storeBytes(of: left, as: Element.Sums.self)
    (place + tileRowByteCount / 2).storeBytes(of: right, as: Element.Sums.self)
  }
}

/// How many bytes after the first the other three of four rows begin.
private struct FourRows {
  let second: Int
  let third: Int
  let fourth: Int

  /// Rows that are not there are the last one again, and their sums are not used.
  @inline(__always)
  init(count: Int, stride: Int) {
    second = min(1, count - 1) &* stride
    third = min(2, count - 1) &* stride
    fourth = min(3, count - 1) &* stride
  }
}

@inline(never)
private func multiplyTwelve<Element: ProductElement>(
  _: Element.Type, _ a: UnsafeRawPointer, stride: Int, panel: UnsafeRawPointer, groups: Int,
  sums: UnsafeMutableRawPointer, isFirst: Bool
) {
  var r0 = Row<Element>(sums, 0, isFirst: isFirst)
  var r1 = Row<Element>(sums, 1, isFirst: isFirst)
  var r2 = Row<Element>(sums, 2, isFirst: isFirst)
  var r3 = Row<Element>(sums, 3, isFirst: isFirst)
  var r4 = Row<Element>(sums, 4, isFirst: isFirst)
  var r5 = Row<Element>(sums, 5, isFirst: isFirst)
  var r6 = Row<Element>(sums, 6, isFirst: isFirst)
  var r7 = Row<Element>(sums, 7, isFirst: isFirst)
  var r8 = Row<Element>(sums, 8, isFirst: isFirst)
  var r9 = Row<Element>(sums, 9, isFirst: isFirst)
  var r10 = Row<Element>(sums, 10, isFirst: isFirst)
  var r11 = Row<Element>(sums, 11, isFirst: isFirst)
  var (a, panel) = (a, panel)
  // Unrolled, this loop would keep two rounds of `a` in the registers that the sums need.
  var rest = groups
  while rest > 0 {
    rest = flipbook_opaque(rest &- 1)
    let left = Element.load(panel)
    let right = Element.load(panel + panelStepByteCount / 2)
    r0.add(a, left, right)
    r1.add(a + stride, left, right)
    r2.add(a + 2 &* stride, left, right)
    r3.add(a + 3 &* stride, left, right)
    r4.add(a + 4 &* stride, left, right)
    r5.add(a + 5 &* stride, left, right)
    r6.add(a + 6 &* stride, left, right)
    r7.add(a + 7 &* stride, left, right)
    r8.add(a + 8 &* stride, left, right)
    r9.add(a + 9 &* stride, left, right)
    r10.add(a + 10 &* stride, left, right)
    r11.add(a + 11 &* stride, left, right)
    a += groupByteCount
    panel += panelStepByteCount
  }
  r0.store(to: sums, 0)
  r1.store(to: sums, 1)
  r2.store(to: sums, 2)
  r3.store(to: sums, 3)
  r4.store(to: sums, 4)
  r5.store(to: sums, 5)
  r6.store(to: sums, 6)
  r7.store(to: sums, 7)
  r8.store(to: sums, 8)
  r9.store(to: sums, 9)
  r10.store(to: sums, 10)
  r11.store(to: sums, 11)
}

@inline(never)
private func multiplyFour<Element: ProductElement>(
  _: Element.Type, _ a: UnsafeRawPointer, _ rows: FourRows, panel: UnsafeRawPointer, groups: Int,
  sums: UnsafeMutableRawPointer, isFirst: Bool
) {
  var r0 = Row<Element>(sums, 0, isFirst: isFirst)
  var r1 = Row<Element>(sums, 1, isFirst: isFirst)
  var r2 = Row<Element>(sums, 2, isFirst: isFirst)
  var r3 = Row<Element>(sums, 3, isFirst: isFirst)
  var (a, panel) = (a, panel)
  for _ in 0..<groups {
    let left = Element.load(panel)
    let right = Element.load(panel + panelStepByteCount / 2)
    r0.add(a, left, right)
    r1.add(a + rows.second, left, right)
    r2.add(a + rows.third, left, right)
    r3.add(a + rows.fourth, left, right)
    a += groupByteCount
    panel += panelStepByteCount
  }
  r0.store(to: sums, 0)
  r1.store(to: sums, 1)
  r2.store(to: sums, 2)
  r3.store(to: sums, 3)
}

/// Up to six rows and one half of a panel. Rows that are not there are the last one again.
@inline(never)
private func multiplySix<Element: ProductElement>(
  _: Element.Type, _ a: UnsafeRawPointer, stride: Int, rows: Int, panel: UnsafeRawPointer,
  groups: Int, sums: UnsafeMutableRawPointer, isFirst: Bool
) {
  var tile =
    isFirst
    ? NarrowTile<Element>() : NarrowTile<Element>(loading: sums, stride: tileRowByteCount)
  let rows = SixRows { a + min($0, rows - 1) &* stride }
  _ = tile.add(
    rows, byteCount: groups &* groupByteCount, weights: panel, step: panelStepByteCount)
  tile.store(to: sums, stride: tileRowByteCount)
}
