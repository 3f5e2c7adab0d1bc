import Foundation
import Tensor

/// An array as `scripts/golden/convolution.py` wrote it.
struct ListedTensor: Decodable {
  let shape: [Int]
  let values: [Float]

  func tensor() throws -> Tensor { try Tensor(values, shape: shape) }
}

enum ConvolutionFixtures {
  struct Convolution: Decodable {
    let input: ListedTensor
    let weight: ListedTensor
    let bias: ListedTensor
    let output: ListedTensor
  }
  struct Norm: Decodable {
    let input: ListedTensor
    let weight: ListedTensor
    let output: ListedTensor
  }
  struct Shuffles: Decodable {
    let fine: ListedTensor
    let unshuffled: ListedTensor
    let coarse: ListedTensor
    let shuffled: ListedTensor
  }
  struct Haar: Decodable {
    let pixels: ListedTensor
    let coefficients: ListedTensor
    let changedCoefficients: ListedTensor
    let changedPixels: ListedTensor
  }

  /// The fixtures are part of the checkout; without them there is nothing to test.
  static func load<Value: Decodable>(_ name: String) throws -> Value {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = tests.appending(path: "Fixtures/convolution/\(name)")
    return try JSONDecoder().decode(Value.self, from: Data(contentsOf: file))
  }
}

/// Numbers that look random and are the same in every run, in −1…1.
func varied(_ shape: [Int], seed: Int = 0) throws -> Tensor {
  var state = UInt64(truncatingIfNeeded: seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1
  let values = (0..<shape.reduce(1, *)).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(Int64(state >> 40) - (1 << 23)) / Float(1 << 23)
  }
  return try Tensor(values, shape: shape)
}

/// The largest difference, relative to the largest expected value; infinite where the shapes differ
/// or something is not a number.
func convolutionError(_ found: Tensor, _ expected: ListedTensor) -> Float {
  guard found.shape == expected.shape, found.array().allSatisfy(\.isFinite) else {
    return .infinity
  }
  let scale = expected.values.map(abs).max() ?? 1
  return (zip(found.array(), expected.values).map { abs($0 - $1) }.max() ?? 0) / scale
}
