import CSIMD

/// What the two factors of a matrix product are held in.
///
/// In every format four bytes hold a group of neighbours along the inner dimension, one, two or four
/// numbers, and one instruction multiplies and adds sixteen groups: the products differ in nothing
/// else.
package enum ProductFormat: Sendable, CaseIterable {
  /// Float32.
  case float32
  /// bfloat16, sums in Float32. The instruction takes denormals for zero, in factors and in sums.
  case bfloat16
  /// Activations in unsigned bytes, weights in signed ones, sums in Int32.
  case int8

  /// How many numbers a group holds.
  package var groupSize: Int {
    switch self {
    case .float32: 1
    case .bfloat16: 2
    case .int8: 4
    }
  }

  /// The groups that `count` numbers take.
  package func groups(_ count: Int) -> Int { (count + groupSize - 1) / groupSize }
}

/// The bytes of a group.
package let groupByteCount = 4

/// The arithmetic of one format.
///
/// Without an instruction for its groups it is done part by part, with a number of every group, or two, at a time:
/// whole groups would need more registers than processors without these instructions have.
protocol ProductElement {
  /// Sixteen sums.
  associatedtype Sums
  /// Sixteen groups of weights.
  associatedtype Factors

  static var zero: Sums { get }
  /// Sixteen groups, in memory sixteen columns beside each other.
  static func load(_ pointer: UnsafeRawPointer) -> Factors
  /// Adds the products of one group of activations with sixteen groups of weights.
  static func add(_ group: UInt32, times factors: Factors, to sums: Sums) -> Sums

  /// A part of sixteen groups of weights; there are one or two of them.
  associatedtype Part
  static var partCount: Int { get }
  static func part(_ index: Int, of pointer: UnsafeRawPointer) -> Part
  /// Adds the products of a part of one group of activations with that of sixteen groups of weights.
  static func add(_ index: Int, of group: UInt32, times part: Part, to sums: Sums) -> Sums
}

enum Float32Element: ProductElement {
  @inline(__always)
  static var zero: Vector { Vector(repeating: 0) }

  @inline(__always)
  static func load(_ pointer: UnsafeRawPointer) -> Vector {
    pointer.loadUnaligned(as: Vector.self)
  }

  @inline(__always)
  static func add(_ group: UInt32, times factors: Vector, to sums: Vector) -> Vector {
    flipbook_fma(Vector(repeating: Float(bitPattern: group)), factors, sums)
  }

  @inline(__always) static var partCount: Int { 1 }

  @inline(__always)
  static func part(_: Int, of pointer: UnsafeRawPointer) -> Vector { load(pointer) }

  @inline(__always)
  static func add(_: Int, of group: UInt32, times part: Vector, to sums: Vector) -> Vector {
    add(group, times: part, to: sums)
  }
}

enum BFloat16Element: ProductElement {
  @inline(__always)
  static var zero: Vector { Vector(repeating: 0) }

  @inline(__always)
  static func load(_ pointer: UnsafeRawPointer) -> SIMD32<UInt16> {
    pointer.loadUnaligned(as: SIMD32<UInt16>.self)
  }

  @inline(__always)
  static func add(_ group: UInt32, times factors: SIMD32<UInt16>, to sums: Vector) -> Vector {
    flipbook_bf16_dot(sums, flipbook_bf16_broadcast(group), factors)
  }

  /// The second numbers of all pairs, then the first.
  @inline(__always) static var partCount: Int { 2 }

  @inline(__always)
  static func part(_ index: Int, of pointer: UnsafeRawPointer) -> Vector {
    index == 0 ? flipbook_bf16_odd(load(pointer)) : flipbook_bf16_even(load(pointer))
  }

  @inline(__always)
  static func add(_ index: Int, of group: UInt32, times part: Vector, to sums: Vector) -> Vector {
    let pairs = flipbook_bf16_broadcast(group)
    let numbers = index == 0 ? flipbook_bf16_odd(pairs) : flipbook_bf16_even(pairs)
    return flipbook_fma(numbers, part, sums)
  }
}

enum Int8Element: ProductElement {
  @inline(__always)
  static var zero: SIMD16<Int32> { SIMD16(repeating: 0) }

  @inline(__always)
  static func load(_ pointer: UnsafeRawPointer) -> SIMD64<Int8> {
    pointer.loadUnaligned(as: SIMD64<Int8>.self)
  }

  @inline(__always)
  static func add(
    _ group: UInt32, times factors: SIMD64<Int8>, to sums: SIMD16<Int32>
  ) -> SIMD16<Int32> {
    flipbook_int8_dot(sums, flipbook_u8_broadcast(group), factors)
  }

  /// The second and the fourth number of every group, then the first and the third.
  @inline(__always) static var partCount: Int { 2 }

  @inline(__always)
  static func part(_ index: Int, of pointer: UnsafeRawPointer) -> SIMD32<Int16> {
    index == 0 ? flipbook_i8_odd(load(pointer)) : flipbook_i8_even(load(pointer))
  }

  @inline(__always)
  static func add(
    _ index: Int, of group: UInt32, times part: SIMD32<Int16>, to sums: SIMD16<Int32>
  ) -> SIMD16<Int32> {
    let fours = flipbook_u8_broadcast(group)
    return flipbook_i16_dot(
      sums, index == 0 ? flipbook_u8_odd(fours) : flipbook_u8_even(fours), part)
  }
}
