// The 3-D Haar transform in front of the autoencoder.
//
// F frames, T blocks in time, H W pixels. A block is 4 frames × 4 rows × 4 columns; coefficient
// ((kt·4 + ky)·4 + kx)·3 + colour, the basis as in Kernels/Haar.swift. The first frame of a clip has
// a block of its own, in which it stands four times, so that a picture is a clip of one frame; on
// the way back the four become their mean.

import Kernels
package import Tensor

/// Pixels to coefficients.
/// - Parameters:
///   - frames: `[F, H, W, 3]`, H and W multiples of 4. F = 1 + 4k where the clip starts here, 4k in
///     the middle of it.
///   - startsClip: whether the first frame is the first of the clip.
/// - Returns: `[T, H/4, W/4, 192]`, T = 1 + k or k, in the arena.
package func haarForward(_ frames: Tensor, startsClip: Bool = true, _ compute: Compute) -> Tensor {
  precondition(
    frames.shape.count == 4 && frames.shape[3] == 3 && frames.shape[1] % haarBlock == 0
      && frames.shape[2] % haarBlock == 0 && frames.shape[0] % haarBlock == (startsClip ? 1 : 0),
    "frames of shape \(frames.shape) do not fill blocks of 4×4×4")
  let plan = HaarPlan(
    height: frames.shape[1], width: frames.shape[2],
    blockCount: (frames.shape[0] + haarBlock - 1) / haarBlock, startsClip: startsClip)
  let result = compute.arena.tensor([plan.blockCount, plan.rows, plan.columns, haarChannels])
  let source = Rows(frames)
  let target = Rows(result)
  compute.pool.parallel(plan.blockCount * plan.rows) { index in
    let start = { (time: Int) in
      UnsafePointer(source[plan.firstPixel(block: index / plan.rows, time, row: index % plan.rows)])
    }
    haarForward(
      (start(0), start(1), start(2), start(3)), rowStride: plan.width * 3, blocks: plan.columns,
      into: target[index * plan.columns])
  }
  withExtendedLifetime((frames, result)) {}
  return result
}

/// Coefficients to pixels.
/// - Parameters:
///   - coefficients: `[T, H/4, W/4, 192]`.
///   - startsClip: whether the first block is the first of the clip, which is one frame.
/// - Returns: `[F, H, W, 3]`, F = 1 + 4(T−1) or 4T, in the arena.
package func haarInverse(
  _ coefficients: Tensor, startsClip: Bool = true, _ compute: Compute
) -> Tensor {
  precondition(
    coefficients.shape.count == 4 && coefficients.shape[3] == haarChannels,
    "coefficients of shape \(coefficients.shape), expected [T, h, w, 192]")
  let plan = HaarPlan(
    height: coefficients.shape[1] * haarBlock, width: coefficients.shape[2] * haarBlock,
    blockCount: coefficients.shape[0], startsClip: startsClip)
  let result = compute.arena.tensor([plan.frameCount, plan.height, plan.width, 3])
  let source = Rows(coefficients)
  let target = Rows(result)
  compute.pool.parallel(plan.blockCount * plan.rows) { index in
    let (block, row) = (index / plan.rows, index % plan.rows)
    let start = { (time: Int) in target[plan.firstPixel(block: block, time, row: row)] }
    if startsClip && block == 0 {
      haarInverseMean(
        source[index * plan.columns], blocks: plan.columns, into: start(0),
        rowStride: plan.width * 3)
    } else {
      haarInverse(
        source[index * plan.columns], blocks: plan.columns,
        into: (start(0), start(1), start(2), start(3)), rowStride: plan.width * 3)
    }
  }
  withExtendedLifetime((coefficients, result)) {}
  return result
}

/// Which frames and rows a block covers.
private struct HaarPlan {
  let height: Int
  let width: Int
  /// Blocks in time.
  let blockCount: Int
  let startsClip: Bool

  /// Blocks above one another, and side by side.
  var rows: Int { height / haarBlock }
  var columns: Int { width / haarBlock }
  /// Frames of all blocks.
  var frameCount: Int {
    startsClip ? max(0, (blockCount - 1) * haarBlock + 1) : blockCount * haarBlock
  }

  /// The index of the first pixel of a row of blocks in one of the four frames of its block.
  func firstPixel(block: Int, _ time: Int, row: Int) -> Int {
    let frame = block * haarBlock + time
    // The first frame stands for its whole block, so that the others come three earlier.
    let held = block == 0 ? 0 : frame - (haarBlock - 1)
    return ((startsClip ? held : frame) * height + row * haarBlock) * width
  }
}
