// Numbers to compute with where there are none: seeded, so that every run sees the same.

import Tensor

extension Tensor {
  /// Standard normals times `factor`.
  static func normals(_ shape: [Int], times factor: Float = 1, seed: UInt64 = 1) throws -> Tensor {
    let tensor = try Tensor(shape)
    Philox(seed: seed).normals(into: tensor)
    if factor != 1 {
      for index in 0..<tensor.count { tensor.pointer[index] *= factor }
    }
    return tensor
  }

  /// One value everywhere.
  static func filled(_ shape: [Int], with value: Float) throws -> Tensor {
    let tensor = try Tensor(shape)
    tensor.fill(value)
    return tensor
  }
}

/// Weights of any model: whatever is asked for is there. Matrices keep the size of what goes through
/// them, so that no number overflows; norms are ones and biases small.
struct SyntheticWeights: WeightSource {
  func tensor(_ key: String, shape: [Int]) throws -> Tensor {
    guard shape.count > 1 else {
      let isNorm = key.contains("norm") && !key.hasSuffix("bias")
      return try isNorm ? .filled(shape, with: 1) : .normals(shape, times: 0.02, seed: seed(key))
    }
    let inputs = shape.dropFirst().reduce(1, *)
    return try .normals(shape, times: 1 / Float(inputs).squareRoot(), seed: seed(key))
  }

  func contains(_ key: String) -> Bool { true }

  /// FNV-1a: another stream for each key, the same in every process.
  private func seed(_ key: String) -> UInt64 {
    key.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}

/// Threads, and an arena that no benchmark fills: it is addresses until it is touched.
func makeCompute(threads: Int) throws -> Compute {
  try Compute(threads: threads, arenaByteCount: 4 << 30)
}
