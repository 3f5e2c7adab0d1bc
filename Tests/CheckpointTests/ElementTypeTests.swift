import Checkpoint
import Testing

/// Every one of the 65,536 values of the 16-bit types against the formula of its format.
@Suite struct ElementTypeTests {
  /// (−1)^s · 2^(e−15) · (1 + m/1024), subnormal where e is 0, infinite or NaN where e is 31.
  private func float16(_ bits: UInt16) -> Float {
    let sign: Float = bits >> 15 == 0 ? 1 : -1
    let exponent = Int(bits >> 10 & 31)
    let mantissa = Float(bits & 1023)
    switch exponent {
    case 0: return sign * mantissa * Float(sign: .plus, exponent: -24, significand: 1)
    case 31: return mantissa == 0 ? sign * .infinity : .nan
    default:
      return sign * Float(sign: .plus, exponent: exponent - 15, significand: 1 + mantissa / 1024)
    }
  }

  /// (−1)^s · 2^(e−127) · (1 + m/128), subnormal where e is 0, infinite or NaN where e is 255.
  private func bfloat16(_ bits: UInt16) -> Float {
    let sign: Float = bits >> 15 == 0 ? 1 : -1
    let exponent = Int(bits >> 7 & 255)
    let mantissa = Float(bits & 127)
    switch exponent {
    case 0: return sign * mantissa * Float(sign: .plus, exponent: -133, significand: 1)
    case 255: return mantissa == 0 ? sign * .infinity : .nan
    default:
      return sign * Float(sign: .plus, exponent: exponent - 127, significand: 1 + mantissa / 128)
    }
  }

  private func same(_ a: Float, _ b: Float) -> Bool {
    a.bitPattern == b.bitPattern || (a.isNaN && b.isNaN)
  }

  @Test func everyFloat16IsWidenedExactly() {
    let wrong = (0...UInt16.max).filter { !same(widenFloat16($0), float16($0)) }
    #expect(wrong == [])
  }

  @Test func everyBFloat16IsWidenedExactly() {
    let wrong = (0...UInt16.max).filter { !same(widenBFloat16($0), bfloat16($0)) }
    #expect(wrong == [])
  }

  @Test func everyBFloat16ReadsBackAsItWasWritten() {
    let wrong = (0...UInt16.max).filter { bits in
      let value = widenBFloat16(bits)
      let again = narrowToBFloat16(value)
      return value.isNaN ? !widenBFloat16(again).isNaN : again != bits
    }
    #expect(wrong == [])
  }

  /// Between two neighbours the nearer one is taken, in the middle the even one.
  @Test func narrowingRoundsToNearestEven() {
    let wrong = (0..<UInt16(0x7f80)).filter { lower in
      let low = UInt32(lower) << 16
      let even = lower & 1 == 0 ? lower : lower + 1
      return narrowToBFloat16(Float(bitPattern: low + 0x7fff)) != lower
        || narrowToBFloat16(Float(bitPattern: low + 0x8000)) != even
        || narrowToBFloat16(Float(bitPattern: low + 0x8001)) != lower + 1
    }
    #expect(wrong == [])
  }
}
