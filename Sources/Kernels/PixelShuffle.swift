// Space into channels and back, two rows of pixels at a time, channels last.
//
// The four pixels of a square stand in the order (dy, dx) = (0,0), (0,1), (1,0), (1,1), and channel
// c of pixel `dy·2 + dx` is channel `c·4 + dy·2 + dx` of the joined pixel, as in PyTorch's
// `pixel_unshuffle`.

/// Joins each square of 2×2 pixels into one of four times the channels.
/// - Parameters:
///   - upper, lower: two rows of pixels, `[2·columns, channels]` each.
///   - result: `[columns, 4·channels]`.
package func pixelUnshuffleRow(
  upper: UnsafePointer<Float>, lower: UnsafePointer<Float>, columns: Int, channels: Int,
  into result: UnsafeMutablePointer<Float>
) {
  for column in 0..<columns {
    let left = column * 2 * channels
    let right = left + channels
    let target = UnsafeMutableRawPointer(result + column * 4 * channels)
    for channel in 0..<channels {
      let square = SIMD4(
        upper[left + channel], upper[right + channel], lower[left + channel],
        lower[right + channel])
      target.storeBytes(of: square, toByteOffset: channel * 16, as: SIMD4<Float>.self)
    }
  }
}

/// Spreads each pixel over a square of 2×2 pixels of a quarter of the channels: the inverse of
/// `pixelUnshuffleRow`.
/// - Parameters:
///   - source: `[columns, 4·channels]`.
///   - upper, lower: two rows of pixels, `[2·columns, channels]` each.
package func pixelShuffleRow(
  _ source: UnsafePointer<Float>, columns: Int, channels: Int,
  upper: UnsafeMutablePointer<Float>, lower: UnsafeMutablePointer<Float>
) {
  for column in 0..<columns {
    let left = column * 2 * channels
    let right = left + channels
    let pixel = UnsafeRawPointer(source + column * 4 * channels)
    for channel in 0..<channels {
      let square = pixel.loadUnaligned(fromByteOffset: channel * 16, as: SIMD4<Float>.self)
      upper[left + channel] = square.x
      upper[right + channel] = square.y
      lower[left + channel] = square.z
      lower[right + channel] = square.w
    }
  }
}

/// Joins squares as `pixelUnshuffleRow` and takes the mean of each run of `4·channels / outputs`
/// channels: the shortcut of a downsampling block (DC-AE, arXiv 2410.10733, §3.2).
/// - Parameters:
///   - upper, lower: two rows of pixels, `[2·columns, channels]` each.
///   - result: `[columns, outputs]`; `outputs` divides `4·channels`.
package func unshuffleAverageRow(
  upper: UnsafePointer<Float>, lower: UnsafePointer<Float>, columns: Int, channels: Int,
  outputs: Int, into result: UnsafeMutablePointer<Float>
) {
  let group = 4 * channels / outputs
  let factor = 1 / Float(group)
  for column in 0..<columns {
    let left = column * 2 * channels
    for output in 0..<outputs {
      var sum: Float = 0
      for index in (output * group)..<((output + 1) * group) {
        let row = index & 2 == 0 ? upper : lower
        sum += row[left + (index & 1) * channels + (index >> 2)]
      }
      result[column * outputs + output] = sum * factor
    }
  }
}

/// Repeats each channel `4·outputs / channels` times and spreads pixels as `pixelShuffleRow`: the
/// shortcut of an upsampling block (DC-AE, arXiv 2410.10733, §3.2).
/// - Parameters:
///   - source: `[columns, channels]`; `channels` divides `4·outputs`.
///   - upper, lower: two rows of pixels, `[2·columns, outputs]` each.
package func duplicateShuffleRow(
  _ source: UnsafePointer<Float>, columns: Int, channels: Int, outputs: Int,
  upper: UnsafeMutablePointer<Float>, lower: UnsafeMutablePointer<Float>
) {
  let copies = 4 * outputs / channels
  for column in 0..<columns {
    let pixel = source + column * channels
    let left = column * 2 * outputs
    var channel = 0
    var used = 0
    for index in 0..<(4 * outputs) {
      let row = index & 2 == 0 ? upper : lower
      row[left + (index & 1) * outputs + (index >> 2)] = pixel[channel]
      used += 1
      if used == copies {
        used = 0
        channel += 1
      }
    }
  }
}
