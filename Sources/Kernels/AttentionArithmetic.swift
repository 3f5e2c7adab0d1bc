import CSIMD

/// What the two products of attention, queries with keys and weights with values, are made of.
///
/// Factors are packed into words of 32 bits: one Float32, two bfloat16 or four integers. Softmax and
/// all sums are Float32.
package enum AttentionArithmetic: Sendable, CaseIterable {
  /// Float32 in both.
  case f32
  /// bfloat16 in both.
  case bf16
  /// Queries and keys in eight bits with a scale a token (SageAttention, Zhang et al.,
  /// arXiv 2410.02367), weights and values in bfloat16.
  case int8

  /// Whether this processor's instructions make it faster than `f32`.
  package var isNative: Bool {
    let bits = flipbook_compiled_features()
    switch self {
    case .f32: return true
    case .bf16: return hasBFloat16Products
    case .int8: return hasBFloat16Products && bits & 1 << 12 != 0
    }
  }

  /// How many numbers of a key or a query share a word.
  var keysWordSize: Int {
    switch self {
    case .f32: FloatProduct.wordSize
    case .bf16: BFloat16Product.wordSize
    case .int8: Int8Product.wordSize
    }
  }

  /// How many numbers of a value or a weight share a word.
  var valuesWordSize: Int { self == .f32 ? FloatProduct.wordSize : BFloat16Product.wordSize }

  /// How a key goes through tile registers, where attention is computed in them; values go there as well then.
  func tileSteps(headSize: Int) -> TileSteps? {
    self == .f32 ? nil : TileSteps(headSize / keysWordSize)
  }

  /// Whether packed keys stay rows, and values become columns, as tile registers want them.
  package func isInTiles(headSize: Int) -> Bool { tileSteps(headSize: headSize) != nil }

  /// Words of `attentionPanelKeys` packed keys.
  func keyPanelWords(headSize: Int) -> Int {
    attentionPanelKeys * (headSize / keysWordSize + (self == .int8 ? 2 : 0))
  }

  /// Words of `keys` packed keys; they begin with a new panel.
  package func keyWords(_ keys: Int, headSize: Int) -> Int {
    attentionPanels(keys) * keyPanelWords(headSize: headSize)
  }

  /// Words of `keys` packed values; they begin with a new tile.
  package func valueWords(_ keys: Int, headSize: Int) -> Int {
    attentionPanels(keys) * attentionPanelKeys / valuesWordSize * wholeVectors(headSize)
  }
}

/// How many keys are packed side by side: a cache line of words.
let attentionPanelKeys = lanes

/// How many keys' scores exist at once, and how many keys' values are packed together.
package let attentionTileKeys = 128

/// Panels that `keys` keys fill, the last of them perhaps in part.
func attentionPanels(_ keys: Int) -> Int { (keys + attentionPanelKeys - 1) / attentionPanelKeys }

/// `count` made up to whole vectors.
func wholeVectors(_ count: Int) -> Int { (count + lanes - 1) / lanes * lanes }

/// A word in every lane, or sixteen words.
typealias Words = SIMD16<UInt32>

/// What a register of 256 bits holds.
typealias HalfVector = SIMD8<Float>
typealias HalfWords = SIMD8<UInt32>

extension Words {
  @inline(__always)
  init(loading pointer: UnsafePointer<UInt32>) {
    self = UnsafeRawPointer(pointer).loadUnaligned(as: Words.self)
  }

  @inline(__always)
  func store(to pointer: UnsafeMutablePointer<UInt32>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: self, as: Words.self)
  }
}

/// A dot product of two words in each lane.
protocol WordProduct {
  /// How many numbers share a word.
  static var wordSize: Int { get }
  /// `sum + a · b` in each lane. Sums of integers are integers, in the bits of a `Vector`.
  static func add(_ sum: Vector, _ a: Words, _ b: Words) -> Vector
  /// The same in half as many lanes.
  static func add(_ sum: HalfVector, _ a: HalfWords, _ b: HalfWords) -> HalfVector
}

/// A product of weights, which are powers of two, with values.
protocol WeightProduct: WordProduct {
  /// 2ˣ as exact as a weight keeps it, and a little more.
  static func exp2(_ x: Vector) -> Vector
  /// The weights of one key, or of two, as words.
  static func packed(_ first: Vector, _ second: Vector) -> Words
  /// Packed weights times a factor.
  static func scaled(_ words: Words, by factor: Vector) -> Words
  /// Ones everywhere.
  static var ones: Words { get }
}

enum FloatProduct: WeightProduct {
  static var wordSize: Int { 1 }
  static var ones: Words { Words(repeating: 0x3F80_0000) }

  @inline(__always)
  static func exp2(_ x: Vector) -> Vector { Kernels.exp2(x) }

  @inline(__always)
  static func packed(_ first: Vector, _ second: Vector) -> Words {
    unsafeBitCast(first, to: Words.self)
  }

  @inline(__always)
  static func scaled(_ words: Words, by factor: Vector) -> Words {
    unsafeBitCast(unsafeBitCast(words, to: Vector.self) * factor, to: Words.self)
  }

  @inline(__always)
  static func add(_ sum: Vector, _ a: Words, _ b: Words) -> Vector {
    flipbook_fma(unsafeBitCast(a, to: Vector.self), unsafeBitCast(b, to: Vector.self), sum)
  }

  @inline(__always)
  static func add(_ sum: HalfVector, _ a: HalfWords, _ b: HalfWords) -> HalfVector {
    flipbook_fma8(unsafeBitCast(a, to: HalfVector.self), unsafeBitCast(b, to: HalfVector.self), sum)
  }
}

enum BFloat16Product: WeightProduct {
  static var wordSize: Int { 2 }
  static var ones: Words { Words(repeating: 0x3F80_3F80) }

  @inline(__always)
  static func exp2(_ x: Vector) -> Vector { coarseExp2(x) }

  @inline(__always)
  static func packed(_ first: Vector, _ second: Vector) -> Words {
    unsafeBitCast(flipbook_bf16_pairs(first, second), to: Words.self)
  }

  @inline(__always)
  static func scaled(_ words: Words, by factor: Vector) -> Words {
    let pairs = unsafeBitCast(words, to: SIMD32<UInt16>.self)
    return packed(flipbook_bf16_even(pairs) * factor, flipbook_bf16_odd(pairs) * factor)
  }

  @inline(__always)
  static func add(_ sum: Vector, _ a: Words, _ b: Words) -> Vector {
    flipbook_bf16_dot(
      sum, unsafeBitCast(a, to: SIMD32<UInt16>.self), unsafeBitCast(b, to: SIMD32<UInt16>.self))
  }

  @inline(__always)
  static func add(_ sum: HalfVector, _ a: HalfWords, _ b: HalfWords) -> HalfVector {
    flipbook_bf16_dot8(sum, a, b)
  }
}

/// The first factor, the key, signed; the second, the query, unsigned.
enum Int8Product: WordProduct {
  static var wordSize: Int { 4 }

  @inline(__always)
  static func add(_ sum: Vector, _ a: Words, _ b: Words) -> Vector {
    unsafeBitCast(
      flipbook_int8_dot(
        unsafeBitCast(sum, to: SIMD16<Int32>.self), unsafeBitCast(b, to: SIMD64<UInt8>.self),
        unsafeBitCast(a, to: SIMD64<Int8>.self)), to: Vector.self)
  }

  @inline(__always)
  static func add(_ sum: HalfVector, _ a: HalfWords, _ b: HalfWords) -> HalfVector {
    unsafeBitCast(
      flipbook_int8_dot8(unsafeBitCast(sum, to: SIMD8<Int32>.self), b, a), to: HalfVector.self)
  }
}
