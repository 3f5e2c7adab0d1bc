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
      let d = (pixels(2 * row - 1), pixels(2 * row), pixels(2 * row + 1), pixels(2 * row + 2))
      for down in 0..<ConvolutionAlgorithm.componentsOfDirection {
        // The first column is one left of the frame.
        writeSum(down, of: d, count: count, to: summed + channels)
        for column in 0..<frame.columns {
          let first = UnsafePointer(summed + 2 * column * channels)
          let e = (first, first + channels, first + 2 * channels, first + 3 * channels)
          for across in 0..<ConvolutionAlgorithm.componentsOfDirection {
            let component = ConvolutionAlgorithm.componentsOfDirection * down + across
            writeRoundedSum(
              across, of: e, count: channels,
              to: target + frame.offset(component: component, row: row, column: column))
          }
        }
      }
    }
  }
}

/// Four pixels, or four rows of them, beside each other.
private typealias Neighbours = (
  UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>
)

/// The two that one of Winograd's sums is made of; the second is added in sum 1 and subtracted in the others.
@inline(__always)
private func summands(
  _ index: Int, of d: Neighbours
) -> (first: UnsafePointer<Float>, second: UnsafePointer<Float>, adds: Bool) {
  switch index {
  case 0: (d.0, d.2, false)
  case 1: (d.1, d.2, true)
  case 2: (d.2, d.1, false)
  default: (d.1, d.3, false)
  }
}

/// One of Winograd's sums of `count` numbers each.
@inline(__always)
private func writeSum(
  _ index: Int, of d: Neighbours, count: Int, to target: UnsafeMutablePointer<Float>
) {
  let (first, second, adds) = summands(index, of: d)
  if adds {
    mapVectors(first, target, count: count) { $0 + load(second, $1, $2) }
  } else {
    mapVectors(first, target, count: count) { $0 - load(second, $1, $2) }
  }
}

/// The same, rounded.
@inline(__always)
private func writeRoundedSum(
  _ index: Int, of d: Neighbours, count: Int, to target: UnsafeMutableRawPointer
) {
  let (first, second, adds) = summands(index, of: d)
  if adds {
    writePairs(count: count, to: target) { load(first, $0, $1) + load(second, $0, $1) }
  } else {
    writePairs(count: count, to: target) { load(first, $0, $1) - load(second, $0, $1) }
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
