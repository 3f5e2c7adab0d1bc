import Checkpoint
import Glibc
import Layers
import Tensor

/// `count` normals under a seed.
func normals(_ shape: [Int], seed: UInt64) throws -> Tensor {
  let tensor = try Tensor(shape)
  Philox(seed: seed).normals(into: tensor)
  return tensor
}

/// The largest difference relative to the largest expected number.
func relativeError(_ values: [Float], _ expected: [Double]) -> Double {
  precondition(values.count == expected.count, "\(values.count) values, \(expected.count) expected")
  let size = expected.reduce(0) { max($0, abs($1)) }
  let difference = zip(values, expected).reduce(0) { worst, pair in
    let error = abs(Double(pair.0) - pair.1)
    // A NaN must not pass for a small error.
    return error <= worst ? worst : error.isNaN ? .infinity : error
  }
  return difference / max(size, .leastNormalMagnitude)
}

func relativeError(_ values: Tensor, _ expected: Tensor) -> Double {
  relativeError(values.array(), expected.array().map(Double.init))
}

/// The length of the error in lengths of what is expected.
func relativeNorm(_ values: Tensor, _ expected: Tensor) -> Double {
  precondition(values.shape == expected.shape, "\(values.shape), expected \(expected.shape)")
  var (error, size) = (0.0, 0.0)
  for (value, expected) in zip(values.array(), expected.array()) {
    error += Double(value - expected) * Double(value - expected)
    size += Double(expected) * Double(expected)
  }
  return (error / max(size, .leastNormalMagnitude)).squareRoot()
}

/// A file of tensors that `scripts/golden/layers.py` wrote.
struct Golden {
  private let file: Safetensors

  init(_ name: String) throws {
    let here = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
    file = try Safetensors(
      opening: here.joined(separator: "/") + "/Fixtures/layers/\(name).safetensors")
  }

  subscript(name: String) -> Tensor { get throws { try file.tensor(name) } }
}

extension Compute {
  /// Room for any test here.
  static func forTests(threads: Int = 2) throws -> Compute {
    try Compute(threads: threads, arenaByteCount: 1 << 28)
  }
}
