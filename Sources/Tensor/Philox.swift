import Glibc

/// Counter-based random numbers: Philox 4×32 with ten rounds (Salmon, Moraes, Dror and Shaw,
/// "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
///
/// The 64-bit seed is the key, low word first. Of the 128-bit counter the low half counts blocks
/// and the high half is the stream, so that streams of a seed never meet. Every number depends on
/// (seed, stream, index) alone: not on threads, and not on what was drawn before.
package struct Philox: Sendable {
  package let seed: UInt64
  package let stream: UInt64

  package init(seed: UInt64, stream: UInt64 = 0) {
    self.seed = seed
    self.stream = stream
  }

  /// The 128 random bits at a counter, as the paper's four words.
  package func block(_ counter: UInt64) -> SIMD4<UInt32> {
    var words = SIMD4<UInt32>(
      UInt32(truncatingIfNeeded: counter), UInt32(truncatingIfNeeded: counter >> 32),
      UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32))
    var key0 = UInt32(truncatingIfNeeded: seed)
    var key1 = UInt32(truncatingIfNeeded: seed >> 32)
    for _ in 0..<10 {
      let product0 = UInt64(words[0]) &* 0xD251_1F53
      let product1 = UInt64(words[2]) &* 0xCD9E_8D57
      words = SIMD4(
        UInt32(truncatingIfNeeded: product1 >> 32) ^ words[1] ^ key0,
        UInt32(truncatingIfNeeded: product1),
        UInt32(truncatingIfNeeded: product0 >> 32) ^ words[3] ^ key1,
        UInt32(truncatingIfNeeded: product0))
      // The Weyl sequence of the golden ratio and of √3 − 1.
      key0 &+= 0x9E37_79B9
      key1 &+= 0xBB67_AE85
    }
    return words
  }

  /// A standard normal pair from one block, by Box and Muller, in Float64.
  ///
  /// Words 0 and 1 make the radius, from a uniform in (0, 1]; words 2 and 3 the angle.
  package func normalPair(_ counter: UInt64) -> (Double, Double) {
    let words = block(counter)
    let first = UInt64(words[1]) << 32 | UInt64(words[0])
    let second = UInt64(words[3]) << 32 | UInt64(words[2])
    let radius = sqrt(-2 * log(Double((first >> 11) + 1) * 0x1p-53))
    let angle = 2 * Double.pi * Double(second >> 11) * 0x1p-53
    return (radius * cos(angle), radius * sin(angle))
  }

  /// Fills `tensor` with standard normals: its element `i` is number `start + i` of the stream.
  ///
  /// Numbers `2k` and `2k + 1` are the pair at counter `k`.
  package func normals(into tensor: Tensor, startingAt start: UInt64 = 0) {
    let values = tensor.pointer
    var index = 0
    while index < tensor.count {
      let number = start &+ UInt64(index)
      let pair = normalPair(number >> 1)
      if number & 1 == 0 {
        values[index] = Float(pair.0)
        index += 1
        guard index < tensor.count else { break }
      }
      values[index] = Float(pair.1)
      index += 1
    }
    withExtendedLifetime(tensor.storage) {}
  }
}
