import CSIMD

/// What is done to a position before it is convolved.
package struct ChannelNorm {
  /// `channels` numbers.
  package let weight: UnsafePointer<Float>
  package let epsilon: Float

  package init(weight: UnsafePointer<Float>, epsilon: Float) {
    self.weight = weight
    self.epsilon = epsilon
  }
}

/// Writes a row of a padded frame: normalised and activated where there is a norm, and in the format of
/// the products. Each number is read once (with a norm twice, the second time from the first cache)
/// and written once.
/// - Parameters:
///   - source: the first of `frame.width` pixels of `frame.channels` Float32.
///   - row: the row of the frame.
///   - norm: RMS norm over channels and SiLU, as `channelRMSNormSiLU`.
///   - target: the padded frame.
package func writeRow(
  _ source: UnsafePointer<Float>, row: Int, norm: ChannelNorm?, of frame: PaddedFrame,
  into target: UnsafeMutableRawPointer
) {
  let channels = frame.channels
  let start = target + frame.offset(row: row, column: 0)
  switch (frame.format, norm) {
  case (.float32, nil):
    start.copyMemory(from: source, byteCount: frame.width * frame.pixelByteCount)
  case (.float32, let norm?):
    channelRMSNormSiLU(
      source, start.assumingMemoryBound(to: Float.self), positions: frame.width,
      channels: channels, weight: norm.weight, epsilon: norm.epsilon)
  case (_, nil):
    for column in 0..<frame.width {
      writePairs(
        source + column * channels, count: channels, to: start + column * frame.pixelByteCount
      ) { values, _, _ in values }
    }
  case (_, let norm?):
    forEachNormalizable(
      source, positions: frame.width, channels: channels, epsilon: norm.epsilon
    ) { column, factor in
      writePairs(
        source + column * channels, count: channels, to: start + column * frame.pixelByteCount
      ) { values, offset, valid in
        siluForBFloat16(values * factor * load(norm.weight, offset, valid))
      }
    }
  }
}

/// Transforms `count` numbers and writes them rounded to bfloat16; an odd one is followed by a zero,
/// which fills its pair. The transform keeps zeros, which stand where a vector is not full.
@inline(__always)
private func writePairs(
  _ source: UnsafePointer<Float>, count: Int, to target: UnsafeMutableRawPointer,
  _ transform: (_ values: Vector, _ offset: Int, _ valid: Int) -> Vector
) {
  var offset = 0
  while offset + 2 * lanes <= count {
    let low = transform(Vector(loading: source + offset), offset, lanes)
    let high = transform(Vector(loading: source + offset + lanes), offset + lanes, lanes)
    target.storeBytes(
      of: flipbook_bf16_rounded2(low, high), toByteOffset: 2 * offset, as: SIMD32<UInt16>.self)
    offset += 2 * lanes
  }
  while offset < count {
    let valid = min(lanes, count - offset)
    let rounded = flipbook_bf16_rounded(transform(load(source, offset, valid), offset, valid))
    if valid == lanes {
      target.storeBytes(of: rounded, toByteOffset: 2 * offset, as: SIMD16<UInt16>.self)
    } else {
      for lane in 0..<(valid + valid % 2) {
        target.storeBytes(of: rounded[lane], toByteOffset: 2 * (offset + lane), as: UInt16.self)
      }
    }
    offset += valid
  }
}
