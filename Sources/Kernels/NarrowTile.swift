/// The rows of a tile in narrow registers.
let narrowTileRows = 6

/// The sums of six rows by sixteen columns, which with the weights and a group of activations take fifteen of sixteen
/// registers of 256 bits: the tile of products and convolutions where registers are not wide (AVX2). Eight loads for
/// twelve multiply-adds.
struct NarrowTile<Element: ProductElement> {
  // Variables with names: those of an array would be written to memory in every step.
  private var s0: Element.Sums
  private var s1: Element.Sums
  private var s2: Element.Sums
  private var s3: Element.Sums
  private var s4: Element.Sums
  private var s5: Element.Sums

  /// Zeros.
  @inline(__always)
  init() {
    (s0, s1, s2) = (Element.zero, Element.zero, Element.zero)
    (s3, s4, s5) = (Element.zero, Element.zero, Element.zero)
  }

  /// What lies in memory, rows `stride` bytes apart.
  @inline(__always)
  init(loading sums: UnsafeRawPointer, stride: Int) {
    func row(_ index: Int) -> Element.Sums {
      (sums + index &* stride).load(as: Element.Sums.self)
    }
    (s0, s1, s2, s3, s4, s5) = (row(0), row(1), row(2), row(3), row(4), row(5))
  }

  /// Adds the products of as many groups as `byteCount` bytes hold.
  /// - Parameters:
  ///   - rows: where each row's groups begin.
  ///   - weights: sixteen groups, those of the next step `step` bytes further on.
  /// - Returns: where the weights after these are.
  @inline(__always)
  mutating func add(
    _ rows: SixRows, byteCount: Int, weights: UnsafeRawPointer, step: Int
  ) -> UnsafeRawPointer {
    // All groups with one part, then with the other: both in one step would need more registers.
    add(0, rows, byteCount: byteCount, weights: weights, step: step)
    if Element.partCount == 2 {
      add(1, rows, byteCount: byteCount, weights: weights, step: step)
    }
    return weights + byteCount / groupByteCount &* step
  }

  @inline(__always)
  private mutating func add(
    _ part: Int, _ rows: SixRows, byteCount: Int, weights: UnsafeRawPointer, step: Int
  ) {
    var (group, weights) = (0, weights)
    while group < byteCount {
      let factors = Element.part(part, of: weights)
      add(part, rows.first + group, factors, to: &s0)
      add(part, rows.second + group, factors, to: &s1)
      add(part, rows.third + group, factors, to: &s2)
      add(part, rows.fourth + group, factors, to: &s3)
      add(part, rows.fifth + group, factors, to: &s4)
      add(part, rows.sixth + group, factors, to: &s5)
      weights += step
      group &+= groupByteCount
    }
  }

  @inline(__always)
  private func add(
    _ part: Int, _ group: UnsafeRawPointer, _ factors: Element.Part, to sums: inout Element.Sums
  ) {
    sums = Element.add(part, of: group.loadUnaligned(as: UInt32.self), times: factors, to: sums)
  }

  @inline(__always)
  func store(to sums: UnsafeMutableRawPointer, stride: Int) {
    func store(_ row: Element.Sums, _ index: Int) {
      (sums + index &* stride).storeBytes(of: row, as: Element.Sums.self)
    }
    store(s0, 0)
    store(s1, 1)
    store(s2, 2)
    store(s3, 3)
    store(s4, 4)
    store(s5, 5)
  }
}

/// Where the groups of six rows begin.
struct SixRows {
  let first: UnsafeRawPointer
  let second: UnsafeRawPointer
  let third: UnsafeRawPointer
  let fourth: UnsafeRawPointer
  let fifth: UnsafeRawPointer
  let sixth: UnsafeRawPointer

  @inline(__always)
  init(_ row: (Int) -> UnsafeRawPointer) {
    (first, second, third, fourth, fifth, sixth) = (row(0), row(1), row(2), row(3), row(4), row(5))
  }
}
