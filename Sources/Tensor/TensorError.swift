/// What can go wrong when memory is asked for or values are given a shape.
package enum TensorError: Error, Equatable, CustomStringConvertible {
  /// The system would not give `bytes` bytes for `purpose`.
  case outOfMemory(bytes: Int, purpose: String)
  /// A shape has a negative length, or more elements than can be addressed.
  case unaddressableShape([Int])
  /// `found` values were given for a shape of `expected` elements.
  case valueCount(shape: [Int], found: Int, expected: Int)

  package var description: String {
    switch self {
    case .outOfMemory(let bytes, let purpose):
      let mebibytes = Double(bytes) / 1_048_576
      let tenths = (mebibytes * 10).rounded() / 10
      return
        "not enough memory: \(tenths) MiB for \(purpose); "
        + "close other programs, or ask for a smaller size or fewer frames"
    case .unaddressableShape(let shape):
      return "shape \(shape) cannot be held in memory"
    case .valueCount(let shape, let found, let expected):
      return "shape \(shape) holds \(expected) values, found \(found)"
    }
  }
}
