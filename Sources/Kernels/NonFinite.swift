import CSIMD

/// The index of the first number that is infinite or not a number, or `nil`.
package func firstNonFinite(_ values: UnsafePointer<Float>, count: Int) -> Int? {
  var offset = 0
  while offset + lanes <= count {
    // x − x is zero for finite numbers only.
    let vector = Vector(loading: values + offset)
    if any((vector - vector) .!= Vector(repeating: 0)) { break }
    offset += lanes
  }
  while offset < count {
    if !values[offset].isFinite { return offset }
    offset += 1
  }
  return nil
}

/// The same of numbers of bfloat16 that lie anywhere.
package func firstNonFiniteBFloat16(_ values: UnsafeRawPointer, count: Int) -> Int? {
  let exponent: UInt16 = 0x7f80
  var offset = 0
  while offset + 2 * lanes <= count {
    let bits = (values + 2 * offset).loadUnaligned(as: SIMD32<UInt16>.self)
    if flipbook_bf16_any_not_finite(bits) != 0 { break }
    offset += 2 * lanes
  }
  while offset < count {
    let bits = (values + 2 * offset).loadUnaligned(as: UInt16.self)
    if bits & exponent == exponent { return offset }
    offset += 1
  }
  return nil
}
