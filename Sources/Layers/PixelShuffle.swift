// Halving the sides of frames by moving pixels into channels, channels last. The way back is part of
// the store of a convolution (`CausalConv3D`, `upscale`).
//
// Channel order as in PyTorch's `pixel_unshuffle`: channel c of the pixel at (dy, dx) of a 2×2
// square is channel c·4 + dy·2 + dx. T frames, h rows, w columns, C channels.

import Kernels
package import Tensor

/// Space into channels; every number is read and written once.
/// - Parameter x: `[T, h, w, C]`, h and w even.
/// - Returns: `[T, h/2, w/2, 4C]`, in the arena.
package func pixelUnshuffle2(_ x: Tensor, _ compute: Compute) -> Tensor {
  precondition(
    x.shape.count == 4 && x.shape[1] % 2 == 0 && x.shape[2] % 2 == 0,
    "frames of shape \(x.shape) have no half")
  let (columns, channels) = (x.shape[2] / 2, x.shape[3])
  let result = compute.arena.tensor([x.shape[0], x.shape[1] / 2, columns, 4 * channels])
  let source = pixelRows(x)
  let target = pixelRows(result)
  compute.pool.parallel(target.count) { row in
    pixelUnshuffleRow(
      upper: source[2 * row], lower: source[2 * row + 1], columns: columns, channels: channels,
      into: target[row])
  }
  withExtendedLifetime((x, result)) {}
  return result
}

/// The rows of pixels of `[T, h, w, C]`.
private func pixelRows(_ x: Tensor) -> Rows {
  Rows(x.reshaped([x.shape[0] * x.shape[1], x.shape[2] * x.shape[3]]))
}
