// Tile registers: products of sixteen rows with sixteen columns at a time, where the processor has them (AMX).
//
// Factors lie as the vector kernels want them as well: rows of groups, and panels whose steps are groups of
// neighbouring columns. Two registers of rows times two of columns make four of sums; a step loads four registers,
// which takes half as long as its four products.

import CSIMD

/// Whether products in bfloat16 and in eight bits go through tile registers.
package let hasTileRegisters = flipbook_compiled_for_tiles() && flipbook_tiles_permitted()

/// The rows of a register.
let tileRegisterRows = 16

/// How an inner dimension goes through the registers: in steps of the same number of groups.
struct TileSteps: Sendable {
  /// The groups of a step, 4 to 16.
  let groups: Int
  let count: Int

  /// Steps as long as can be that divide `groups` evenly, as nobody may read beyond a row. `nil` where
  /// they would be too short to be worth it, and where there are no tile registers.
  init?(_ groups: Int) {
    guard hasTileRegisters, groups > 0,
      let length = (4...16).last(where: { groups % $0 == 0 })
    else { return nil }
    self.init(groups: length, count: groups / length)
  }

  private init(groups: Int, count: Int) {
    self.groups = groups
    self.count = count
  }

  /// One of `count` parts of about as many steps, and the groups before it.
  func part(_ index: Int, of count: Int) -> (steps: TileSteps, firstGroup: Int) {
    let (first, end) = (self.count * index / count, self.count * (index + 1) / count)
    return (TileSteps(groups: groups, count: end - first), first * groups)
  }
}

extension ProductFormat {
  /// How `groups` groups go through tile registers, where products of this format do.
  func tileSteps(_ groups: Int) -> TileSteps? { self == .float32 ? nil : TileSteps(groups) }
}

/// The shape that the registers of this thread have: shaping them costs as much as some dozen products, so it is
/// done when the shape changes.
struct TileRegisterShape {
  private var rows = 0
  private var groups = 0

  /// Makes room for `rows` rows, 1 to 32, and steps of `steps.groups` groups.
  @inline(__always)
  mutating func set(rows: Int, _ steps: TileSteps) {
    if rows == self.rows && steps.groups == groups { return }
    (self.rows, groups) = (rows, steps.groups)
    flipbook_tiles_configure(
      UInt8(min(rows, tileRegisterRows)), UInt8(max(rows - tileRegisterRows, 0)), UInt8(groups))
  }

  /// Gives the registers back, if they were used.
  mutating func release() {
    if rows > 0 { flipbook_tiles_release() }
    (rows, groups) = (0, 0)
  }
}

/// The arithmetic of a format in tile registers: the products of two registers of rows, high and low, with
/// two of columns, left and right.
protocol TileElement {
  static func addHighLeft()
  static func addHighRight()
  static func addLowLeft()
  static func addLowRight()
}

extension BFloat16Element: TileElement {
  @inline(__always) static func addHighLeft() { flipbook_tile_dot_bf16_0() }
  @inline(__always) static func addHighRight() { flipbook_tile_dot_bf16_1() }
  @inline(__always) static func addLowLeft() { flipbook_tile_dot_bf16_2() }
  @inline(__always) static func addLowRight() { flipbook_tile_dot_bf16_3() }
}

extension Int8Element: TileElement {
  @inline(__always) static func addHighLeft() { flipbook_tile_dot_u8_0() }
  @inline(__always) static func addHighRight() { flipbook_tile_dot_u8_1() }
  @inline(__always) static func addLowLeft() { flipbook_tile_dot_u8_2() }
  @inline(__always) static func addLowRight() { flipbook_tile_dot_u8_3() }
}

/// Keys in signed bytes times queries in unsigned ones.
enum KeysInBytes: TileElement {
  @inline(__always) static func addHighLeft() { flipbook_tile_dot_i8_0() }
  @inline(__always) static func addHighRight() { flipbook_tile_dot_i8_1() }
  @inline(__always) static func addLowLeft() { flipbook_tile_dot_i8_2() }
  @inline(__always) static func addLowRight() { flipbook_tile_dot_i8_3() }
}

/// Sums in two or four registers, or in one: up to thirty-two rows of sixteen or thirty-two columns.
struct RegisterTile {
  /// Whether there are more than sixteen rows, and more than sixteen columns.
  let hasLow: Bool
  let hasRight: Bool

  /// The bytes of a row of sums, and of a group of all columns in a panel.
  private var width: Int { hasRight ? tileRowByteCount : tileRowByteCount / 2 }

  /// Begins at zero, or at what lies in memory.
  @inline(__always)
  func begin(at sums: UnsafeRawPointer, isFirst: Bool) {
    if isFirst {
      flipbook_tile_zero0()
      if hasRight { flipbook_tile_zero1() }
      if hasLow { flipbook_tile_zero2() }
      if hasLow && hasRight { flipbook_tile_zero3() }
    } else {
      let low = sums + tileRegisterRows * width
      flipbook_tile_load0(sums, width)
      if hasRight { flipbook_tile_load1(sums + width / 2, width) }
      if hasLow { flipbook_tile_load2(low, width) }
      if hasLow && hasRight { flipbook_tile_load3(low + width / 2, width) }
    }
  }

  /// Adds a product.
  /// - Parameters:
  ///   - rows: the first group of the first row.
  ///   - stride: bytes between two rows.
  ///   - panel: the groups of all columns, one step of the inner dimension after the other.
  ///   - steps: how many steps, of as many groups each as the registers were shaped for.
  @inline(never)
  func multiply<Element: TileElement>(
    _: Element.Type, _ rows: UnsafeRawPointer, stride: Int, panel: UnsafeRawPointer,
    _ steps: TileSteps
  ) {
    var (rows, panel) = (rows, panel)
    let low = stride &* tileRegisterRows
    let right = width / 2
    for _ in 0..<steps.count {
      flipbook_tile_load6(panel, width)
      flipbook_tile_load4(rows, stride)
      Element.addHighLeft()
      if hasRight {
        flipbook_tile_load7(panel + right, width)
        Element.addHighRight()
      }
      if hasLow {
        flipbook_tile_load5(rows + low, stride)
        Element.addLowLeft()
        if hasRight { Element.addLowRight() }
      }
      rows += steps.groups &* groupByteCount
      panel += steps.groups &* width
    }
  }

  /// Writes rows of sixteen or thirty-two sums without gaps.
  @inline(__always)
  func store(to sums: UnsafeMutableRawPointer) {
    let low = sums + tileRegisterRows * width
    flipbook_tile_store0(sums, width)
    if hasRight { flipbook_tile_store1(sums + width / 2, width) }
    if hasLow { flipbook_tile_store2(low, width) }
    if hasLow && hasRight { flipbook_tile_store3(low + width / 2, width) }
  }
}
