/// The element types of safetensors that Flipbook reads, by the names that the format uses.
package enum ElementType: String, CaseIterable, Sendable {
  case f64 = "F64"
  case f32 = "F32"
  case f16 = "F16"
  case bf16 = "BF16"
  case i64 = "I64"
  case i32 = "I32"
  case i16 = "I16"
  case i8 = "I8"
  case u64 = "U64"
  case u32 = "U32"
  case u16 = "U16"
  case u8 = "U8"
  case bool = "BOOL"

  /// Bytes an element takes.
  package var byteCount: Int {
    switch self {
    case .f64, .i64, .u64: 8
    case .f32, .i32, .u32: 4
    case .f16, .bf16, .i16, .u16: 2
    case .i8, .u8, .bool: 1
    }
  }

  /// True for the types that a weight may have.
  package var isFloatingPoint: Bool {
    switch self {
    case .f64, .f32, .f16, .bf16: true
    default: false
    }
  }
}

/// bfloat16 to Float32, exactly: the upper half of the same bits.
@inline(__always)
package func widenBFloat16(_ bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }

/// Float32 to bfloat16, rounded to nearest, ties to even; NaN stays NaN.
@inline(__always)
package func narrowToBFloat16(_ value: Float) -> UInt16 {
  let bits = value.bitPattern
  if value.isNaN { return UInt16(truncatingIfNeeded: bits >> 16) | 0x40 }
  let roundingBias = 0x7fff + (bits >> 16 & 1)
  return UInt16(truncatingIfNeeded: (bits &+ roundingBias) >> 16)
}

/// IEEE 754 binary16 to Float32, exactly.
///
/// In plain arithmetic, without branches that depend on the value's class, so that a loop over it
/// becomes SIMD code on every processor: the exponent is moved to its place and rescaled by a
/// product with 2^112, which also turns subnormals into normal numbers.
@inline(__always)
package func widenFloat16(_ bits: UInt16) -> Float {
  let magnitude = UInt32(bits & 0x7fff) << 13
  let sign = UInt32(bits & 0x8000) << 16
  let scaled = Float(bitPattern: magnitude) * 0x1p112
  // Infinity and NaN: every bit of the wider exponent is set.
  let special: UInt32 = bits & 0x7c00 == 0x7c00 ? 0x7f80_0000 : 0
  return Float(bitPattern: scaled.bitPattern | special | sign)
}
