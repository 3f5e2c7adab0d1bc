import Checkpoint
import Diorama
import Tensor

/// Files that `scripts/golden/diorama.py` wrote: random weights, and what the PyTorch twin makes of
/// random inputs.
enum Fixture {
  private static let folder =
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
    .joined(separator: "/") + "/Fixtures/diorama"

  /// The model directory of the repository.
  static let bundledModel =
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
    .joined(separator: "/") + "/Weights/diorama"

  /// Inputs and expected results.
  struct Golden {
    fileprivate let file: Safetensors
    subscript(name: String) -> Tensor { get throws { try file.tensor(name) } }
  }

  static func golden(_ name: String) throws -> Golden {
    Golden(file: try Safetensors(opening: "\(folder)/\(name).safetensors"))
  }

  static func weights(_ name: String) throws -> Safetensors {
    try Safetensors(opening: "\(folder)/\(name).safetensors")
  }

  static func config(_ name: String, changing fields: [String: JSONValue] = [:]) throws
    -> ConfigReader
  {
    let reader = try ConfigReader(opening: "\(folder)/\(name).json")
    var object = reader.object
    for (key, value) in fields { object[key] = value }
    return ConfigReader(object, file: reader.file)
  }

  static func transformerConfiguration(
    attention: TransformerConfiguration.Attention = .alternating
  ) throws -> TransformerConfiguration {
    var config = try config(
      "transformer", changing: ["attention": .string(attention.rawValue)])
    return try TransformerConfiguration(&config)
  }

  static func transformer(
    attention: TransformerConfiguration.Attention = .alternating,
    precision: ComputePrecision = .f32
  ) throws -> Transformer {
    try Transformer(
      Weights(try weights("transformer"), precision: precision),
      configuration: try transformerConfiguration(attention: attention))
  }

  static func autoencoder(precision: ComputePrecision = .f32) throws -> Autoencoder {
    var config = try config("vae")
    return try Autoencoder(
      Weights(try weights("vae"), precision: precision),
      configuration: try AutoencoderConfiguration(&config))
  }
}

extension Compute {
  /// Room for any test here.
  static func forTests(threads: Int = 2) throws -> Compute {
    try Compute(threads: threads, arenaByteCount: 1 << 26)
  }
}

/// `count` normals under a seed.
func normals(_ shape: [Int], seed: UInt64) throws -> Tensor {
  let tensor = try Tensor(shape)
  Philox(seed: seed).normals(into: tensor)
  return tensor
}

/// The largest difference relative to the largest expected number.
func relativeError(_ values: Tensor, _ expected: Tensor) -> Double {
  precondition(values.shape == expected.shape, "\(values.shape), expected \(expected.shape)")
  var (worst, size) = (0.0, 0.0)
  for (value, expected) in zip(values.array(), expected.array()) {
    size = max(size, abs(Double(expected)))
    let error = abs(Double(value) - Double(expected))
    // A NaN must not pass for a small error.
    worst = error <= worst ? worst : error.isNaN ? .infinity : error
  }
  return worst / max(size, .leastNormalMagnitude)
}

/// The bits of all elements, for results that must agree to the last one.
func bits(_ tensor: Tensor) -> [UInt32] { tensor.array().map(\.bitPattern) }

/// A copy of [C, T, h, w] as [T, h, w, C].
func channelsLast(_ x: Tensor) throws -> Tensor {
  let positions = x.count / x.shape[0]
  let values = x.array()
  let turned = (0..<x.count).map { values[$0 % x.shape[0] * positions + $0 / x.shape[0]] }
  return try Tensor(turned, shape: Array(x.shape.dropFirst()) + [x.shape[0]])
}
