// The weights of a product, packed once: what a file holds row by row becomes panels of thirty-two
// columns.

import CSIMD

/// A row of weights in the format of a product: what stands beside it in a panel.
package struct WeightScale: Sendable {
  /// Of int8, what a step is worth.
  package let step: Float
  /// Of int8, the sum of the row in steps.
  package let sum: Int32
}

/// Converts a row of weights; the last group is filled up with zeros.
///
/// Of int8, the largest number in absolute value becomes 127 steps, and zero stays zero.
/// - Parameters:
///   - source: `count` finite numbers.
///   - target: `format.groups(count)` groups.
package func convertWeights(
  _ source: UnsafePointer<Float>, count: Int, to format: ProductFormat,
  _ target: UnsafeMutableRawPointer
) -> WeightScale {
  switch format {
  case .float32, .bfloat16:
    ProductRows(format, columns: count, target, stride: 0, scales: nil)
      .convert(source, rows: 0..<1)
    return WeightScale(step: 1, sum: 0)
  case .int8: return quantize(source, count: count, target)
  }
}

private func quantize(
  _ source: UnsafePointer<Float>, count: Int, _ target: UnsafeMutableRawPointer
) -> WeightScale {
  var largest: Float = 0
  for index in 0..<count { largest = max(largest, abs(source[index])) }
  let inverse = largest > 1e-30 ? 127 / largest : 0
  var sum: Int32 = 0
  for index in 0..<ProductFormat.int8.groups(count) * 4 {
    let steps = index < count ? Int8((source[index] * inverse).rounded(.toNearestOrEven)) : 0
    target.storeBytes(of: steps, toByteOffset: index, as: Int8.self)
    sum &+= Int32(steps)
  }
  return WeightScale(step: inverse > 0 ? largest / 127 : 0, sum: sum)
}

/// Widens `count` numbers of bfloat16 that lie anywhere.
package func widenBFloat16(
  _ source: UnsafeRawPointer, count: Int, into target: UnsafeMutablePointer<Float>
) {
  var offset = 0
  while offset + lanes <= count {
    flipbook_bf16_widened((source + 2 * offset).loadUnaligned(as: SIMD16<UInt16>.self))
      .store(to: target + offset)
    offset += lanes
  }
  while offset < count {
    let bits = (source + 2 * offset).loadUnaligned(as: UInt16.self)
    target[offset] = Float(bitPattern: UInt32(bits) << 16)
    offset += 1
  }
}

/// Thirty-two rows of groups to a panel: column `i` of every step is row `i`.
/// - Parameters:
///   - rows: thirty-two rows of `groups` groups without gaps.
///   - panel: `groups` steps.
package func packPanel(
  _ rows: UnsafeRawPointer, groups: Int, into panel: UnsafeMutableRawPointer
) {
  let source = rows.assumingMemoryBound(to: UInt32.self)
  let target = panel.assumingMemoryBound(to: UInt32.self)
  for group in 0..<groups {
    for column in 0..<tileColumns {
      target[group &* tileColumns &+ column] = source[column &* groups &+ group]
    }
  }
}
