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

/// Writes rows of a padded frame: normalised and activated where there is a norm, and in the format of
/// the products. Each number is read once (with a norm twice, the second time from the first cache)
/// and written once, by Winograd's algorithm four times.
/// - Parameters:
///   - source: `[frame.height, frame.width, frame.channels]`.
///   - rows: which of `frame.rows`.
///   - norm: RMS norm over channels and SiLU, as `channelRMSNormSiLU`.
///   - target: the padded frame.
package func writeRows(
  _ source: UnsafePointer<Float>, _ rows: Range<Int>, norm: ChannelNorm?, of frame: PaddedFrame,
  into target: UnsafeMutableRawPointer
) {
  if frame.algorithm == .winograd {
    writeComponents(source, rows, norm: norm, of: frame, into: target)
    return
  }
  for row in rows {
    writeRow(
      source + row * frame.width * frame.channels, row: row, norm: norm, of: frame, into: target)
  }
}

private func writeRow(
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
      let pixel = source + column * channels
      writePairs(count: channels, to: start + column * frame.pixelByteCount) { offset, valid in
        load(pixel, offset, valid)
      }
    }
  case (_, let norm?):
    forEachNormalizable(
      source, positions: frame.width, channels: channels, epsilon: norm.epsilon
    ) { column, factor in
      let pixel = source + column * channels
      writePairs(count: channels, to: start + column * frame.pixelByteCount) { offset, valid in
        siluForBFloat16(load(pixel, offset, valid) * factor * load(norm.weight, offset, valid))
      }
    }
  }
}

/// The sums and differences that Winograd's algorithm multiplies, first of rows, then of columns: a row of positions sees
/// four rows of pixels, two of which the next one sees as well, and a position four columns.
private func writeComponents(
  _ source: UnsafePointer<Float>, _ rows: Range<Int>, norm: ChannelNorm?, of frame: PaddedFrame,
  into target: UnsafeMutableRawPointer
) {
  let channels = frame.channels
  let (count, summedCount) = (frame.width * channels, (2 * frame.columns + 2) * channels)
  // Four rows of pixels, each in the place of the one that nobody sees any more, a row of zeros, and a row of sums with
  // zeros around.
  withUnsafeTemporaryAllocation(of: Float.self, capacity: 5 * count + summedCount) { room in
    guard let kept = room.baseAddress else { return }
    let (zeros, summed) = (kept + 4 * count, kept + 5 * count)
    zeros.initialize(repeating: 0, count: count + summedCount)
    func pixels(_ row: Int) -> UnsafePointer<Float> {
      if row < 0 || row >= frame.height { return UnsafePointer(zeros) }
      return norm == nil ? source + row * count : UnsafePointer(kept + row % 4 * count)
    }
    var next = max(0, 2 * rows.lowerBound - 1)
    for row in rows {
      while let norm, next < min(2 * row + 3, frame.height) {
        normalizeAndActivate(
          source + next * count, kept + next % 4 * count, positions: frame.width,
          channels: channels, norm: norm, siluForBFloat16)
        next += 1
      }
      let (d0, d1, d2, d3) = (
        pixels(2 * row - 1), pixels(2 * row), pixels(2 * row + 1), pixels(2 * row + 2)
      )
      for down in 0..<ConvolutionAlgorithm.componentsOfDirection {
        // The first column is one left of the frame.
        addComponent(down, d0, d1, d2, d3, count: count, into: summed + channels)
        for column in 0..<frame.columns {
          let e = summed + 2 * column * channels
          for across in 0..<ConvolutionAlgorithm.componentsOfDirection {
            let component = ConvolutionAlgorithm.componentsOfDirection * down + across
            writeComponent(
              across, e, e + channels, e + 2 * channels, e + 3 * channels, count: channels,
              to: target + frame.offset(component: component, row: row, column: column))
          }
        }
      }
    }
  }
}

/// One of Winograd's sums of four inputs each.
@inline(__always)
private func addComponent(
  _ index: Int, _ d0: UnsafePointer<Float>, _ d1: UnsafePointer<Float>,
  _ d2: UnsafePointer<Float>, _ d3: UnsafePointer<Float>, count: Int,
  into target: UnsafeMutablePointer<Float>
) {
  switch index {
  case 0: mapVectors(d0, target, count: count) { $0 - load(d2, $1, $2) }
  case 1: mapVectors(d1, target, count: count) { $0 + load(d2, $1, $2) }
  case 2: mapVectors(d2, target, count: count) { $0 - load(d1, $1, $2) }
  default: mapVectors(d1, target, count: count) { $0 - load(d3, $1, $2) }
  }
}

/// The same, rounded.
@inline(__always)
private func writeComponent(
  _ index: Int, _ e0: UnsafePointer<Float>, _ e1: UnsafePointer<Float>,
  _ e2: UnsafePointer<Float>, _ e3: UnsafePointer<Float>, count: Int,
  to target: UnsafeMutableRawPointer
) {
  switch index {
  case 0: writePairs(count: count, to: target) { load(e0, $0, $1) - load(e2, $0, $1) }
  case 1: writePairs(count: count, to: target) { load(e1, $0, $1) + load(e2, $0, $1) }
  case 2: writePairs(count: count, to: target) { load(e2, $0, $1) - load(e1, $0, $1) }
  default: writePairs(count: count, to: target) { load(e1, $0, $1) - load(e3, $0, $1) }
  }
}

/// Writes `count` numbers rounded to bfloat16; an odd one is followed by a zero, which fills its pair, as the values
/// beyond the valid ones are.
@inline(__always)
private func writePairs(
  count: Int, to target: UnsafeMutableRawPointer,
  _ values: (_ offset: Int, _ valid: Int) -> Vector
) {
  var offset = 0
  while offset + 2 * lanes <= count {
    let (low, high) = (values(offset, lanes), values(offset + lanes, lanes))
    target.storeBytes(
      of: flipbook_bf16_rounded2(low, high), toByteOffset: 2 * offset, as: SIMD32<UInt16>.self)
    offset += 2 * lanes
  }
  while offset < count {
    let valid = min(lanes, count - offset)
    let rounded = flipbook_bf16_rounded(values(offset, valid))
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
