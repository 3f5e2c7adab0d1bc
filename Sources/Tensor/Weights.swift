/// Named tensors that layers are built from: a file, a set of files, or a dictionary.
package protocol WeightSource: Sendable {
  /// The tensor under a whole key, widened to Float32.
  /// - Throws: `WeightError` where it is missing, has another shape, or cannot be read.
  func tensor(_ key: String, shape: [Int]) throws -> Tensor
  /// The numbers under a whole key where they lie in a file as bfloat16, for layers that pack them
  /// themselves; `nil` where only `tensor` has them.
  /// - Throws: `WeightError` as `tensor`.
  func bfloat16(_ key: String, shape: [Int]) throws -> BFloat16Values?
  /// Whether there is a tensor under a whole key.
  func contains(_ key: String) -> Bool
  /// Gives back the memory that reading a tensor took; it can be read again.
  func discard(_ key: String)
}

extension WeightSource {
  package func discard(_ key: String) {}
  package func bfloat16(_ key: String, shape: [Int]) throws -> BFloat16Values? { nil }
}

/// A weight that is not there or not what the layer needs.
package enum WeightError: Error, Equatable, CustomStringConvertible {
  /// No tensor has this key.
  case missing(key: String, expected: [Int])
  /// The tensor has another shape.
  case shape(key: String, found: [Int], expected: [Int])
  /// The tensor's numbers are of a type that cannot be widened to Float32.
  case dataType(key: String, found: String)

  package var description: String {
    switch self {
    case .missing(let key, let expected):
      return "\(key) is missing, expected a tensor of shape \(expected)"
    case .shape(let key, let found, let expected):
      return "\(key) has shape \(found), expected \(expected)"
    case .dataType(let key, let found):
      return "\(key) holds \(found), expected floating-point numbers"
    }
  }
}

/// A place in a tree of weights: `weights["blocks"][0]["attn"]` narrows the key path.
package struct Weights: Sendable {
  /// The key path up to here, without a dot at the end.
  package let prefix: String

  /// What the layers that are built from these weights compute with.
  package let precision: ComputePrecision

  private let source: any WeightSource

  package init(
    _ source: any WeightSource, prefix: String = "", precision: ComputePrecision = .f32
  ) {
    self.source = source
    self.prefix = prefix
    self.precision = precision
  }

  /// The subtree under `name`.
  package subscript(name: String) -> Weights {
    Weights(source, prefix: key(name), precision: precision)
  }
  /// The subtree under a number, as lists of blocks have it.
  package subscript(index: Int) -> Weights { self[String(index)] }

  /// The tensor `name` of this place, which must have exactly this shape.
  /// - Throws: `WeightError`, with the whole key.
  package func tensor(_ name: String, _ shape: [Int]) throws -> Tensor {
    try source.tensor(key(name), shape: shape)
  }

  /// The same where it lies in a file as bfloat16; `nil` where it does not.
  /// - Throws: `WeightError`, with the whole key.
  package func bfloat16(_ name: String, _ shape: [Int]) throws -> BFloat16Values? {
    try source.bfloat16(key(name), shape: shape)
  }

  /// Gives back the memory that reading a tensor took, for who has made something else of it; it can be read
  /// again.
  package func discard(_ name: String) { source.discard(key(name)) }

  /// Whether this place has a tensor `name`.
  package func contains(_ name: String) -> Bool { source.contains(key(name)) }

  /// The whole key of `name`.
  package func key(_ name: String) -> String { prefix.isEmpty ? name : "\(prefix).\(name)" }
}

/// Weights in memory, for tests and benchmarks.
package struct DictionaryWeights: WeightSource {
  private let tensors: [String: Tensor]

  package init(_ tensors: [String: Tensor]) { self.tensors = tensors }

  package func tensor(_ key: String, shape: [Int]) throws -> Tensor {
    guard let tensor = tensors[key] else { throw WeightError.missing(key: key, expected: shape) }
    guard tensor.shape == shape else {
      throw WeightError.shape(key: key, found: tensor.shape, expected: shape)
    }
    return tensor
  }

  package func contains(_ key: String) -> Bool { tensors[key] != nil }
}
