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
