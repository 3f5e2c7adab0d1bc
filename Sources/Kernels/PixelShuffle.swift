// Space into channels, two rows of pixels at a time, channels last. The way back is part of the store
// of a convolution.
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
