// Halving and doubling the sides of frames by moving pixels into channels and back, channels last.
//
// Channel order as in PyTorch's `pixel_unshuffle`: channel c of the pixel at (dy, dx) of a 2×2
// square is channel c·4 + dy·2 + dx. T frames, h rows, w columns, C channels.

import Kernels
package import Tensor

/// Space into channels.
/// - Parameter x: `[T, h, w, C]`, h and w even.
/// - Returns: `[T, h/2, w/2, 4C]`, in the arena.
package func pixelUnshuffle2(_ x: Tensor, _ compute: Compute) -> Tensor {
  let (shape, channels) = (halved(x), x.shape[3])
  let result = compute.arena.tensor(shape + [4 * channels])
  joinRows(x, into: result, compute) { upper, lower, target in
    pixelUnshuffleRow(
      upper: upper, lower: lower, columns: shape[2], channels: channels, into: target)
  }
  return result
}

/// Channels into space: the inverse of `pixelUnshuffle2`.
/// - Parameter x: `[T, h, w, 4C]`.
/// - Returns: `[T, 2h, 2w, C]`, in the arena.
package func pixelShuffle2(_ x: Tensor, _ compute: Compute) -> Tensor {
  let shape = doubled(x)
  precondition(x.shape[3] % 4 == 0, "\(x.shape[3]) channels do not make squares of 2×2")
  let channels = x.shape[3] / 4
  let result = compute.arena.tensor(shape + [channels])
  splitRows(x, into: result, compute) { source, upper, lower in
    pixelShuffleRow(
      source, columns: shape[2] / 2, channels: channels, upper: upper, lower: lower)
  }
  return result
}

private func halved(_ x: Tensor) -> [Int] {
  precondition(
    x.shape.count == 4 && x.shape[1] % 2 == 0 && x.shape[2] % 2 == 0,
    "frames of shape \(x.shape) have no half")
  return [x.shape[0], x.shape[1] / 2, x.shape[2] / 2]
}

private func doubled(_ x: Tensor) -> [Int] {
  precondition(x.shape.count == 4, "\(x.shape) is not [T, h, w, C]")
  return [x.shape[0], x.shape[1] * 2, x.shape[2] * 2]
}

/// Hands out the pairs of rows of `x` with the row of `result` that each becomes.
private func joinRows(
  _ x: Tensor, into result: Tensor, _ compute: Compute,
  _ body:
    @Sendable (
      _ upper: UnsafePointer<Float>, _ lower: UnsafePointer<Float>,
      _ target: UnsafeMutablePointer<Float>
    ) -> Void
) {
  let source = pixelRows(x)
  let target = pixelRows(result)
  compute.pool.parallel(target.count) { row in
    body(source[2 * row], source[2 * row + 1], target[row])
  }
  withExtendedLifetime((x, result)) {}
}

/// Hands out the rows of `x` with the pair of rows of `result` that each becomes.
private func splitRows(
  _ x: Tensor, into result: Tensor, _ compute: Compute,
  _ body:
    @Sendable (
      _ source: UnsafePointer<Float>, _ upper: UnsafeMutablePointer<Float>,
      _ lower: UnsafeMutablePointer<Float>
    ) -> Void
) {
  let source = pixelRows(x)
  let target = pixelRows(result)
  compute.pool.parallel(source.count) { row in
    body(source[row], target[2 * row], target[2 * row + 1])
  }
  withExtendedLifetime((x, result)) {}
}

/// The rows of pixels of `[T, h, w, C]`.
private func pixelRows(_ x: Tensor) -> Rows {
  Rows(x.reshaped([x.shape[0] * x.shape[1], x.shape[2] * x.shape[3]]))
}
