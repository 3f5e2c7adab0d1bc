import Tensor

/// Weights that lie somewhere as bfloat16, as a file has them; only vectors can be had widened.
struct StoredWeights: WeightSource {
  let tensors: [String: [UInt16]]

  private final class Owner: @unchecked Sendable {
    let bytes: UnsafeMutableRawBufferPointer
    init(_ bits: [UInt16]) {
      bytes = .allocate(byteCount: bits.count * 2, alignment: 1)
      bits.withUnsafeBytes { bytes.copyMemory(from: $0) }
    }
    deinit { bytes.deallocate() }
  }

  func tensor(_ key: String, shape: [Int]) throws -> Tensor {
    guard let bits = tensors[key] else { throw WeightError.missing(key: key, expected: shape) }
    guard shape.count == 1 else {
      throw WeightError.dataType(key: key, found: "a matrix that is not to be widened whole")
    }
    let tensor = try Tensor(shape)
    for (index, value) in bits.enumerated() {
      tensor.pointer[index] = Float(bitPattern: UInt32(value) << 16)
    }
    return tensor
  }

  func bfloat16(_ key: String, shape: [Int]) throws -> BFloat16Values? {
    guard let bits = tensors[key] else { throw WeightError.missing(key: key, expected: shape) }
    let owner = Owner(bits)
    guard let base = owner.bytes.baseAddress else { return nil }
    return BFloat16Values(base, count: bits.count, owner: owner)
  }

  func contains(_ key: String) -> Bool { tensors[key] != nil }
}
