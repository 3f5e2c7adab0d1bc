// The orthonormal two-level Haar transform of blocks of 4 frames × 4 rows × 4 columns.
//
// Of four samples a b c d along an axis it makes
//   k = 0: (a + b + c + d) / 2     k = 2: (a − b) / √2
//   k = 1: (a + b − c − d) / 2     k = 3: (c − d) / √2
// and a block of 4×4×4 pixels of 3 colours becomes the coefficients ((kt·4 + ky)·4 + kx)·3 + colour.
//
// Time and rows are transformed first, over whole rows of numbers; columns last, three colours at
// a time. The way back is the same in reverse.

/// Samples a block has along each axis.
package let haarBlock = 4
/// Coefficients of a block: 4·4·4 samples of three colours.
package let haarChannels = 192

/// Numbers of one block in one row: 4 pixels of 3 colours.
private let blockRow = 12
/// Blocks that are transformed together; their 16 rows take 12 KiB.
private let chunk = 16

/// Transforms one row of blocks.
/// - Parameters:
///   - frames: the upper left pixels of the row of blocks in its four frames, which may be one.
///   - rowStride: elements from a row of pixels to the next.
///   - blocks: how many blocks stand side by side.
///   - coefficients: `[blocks, 192]`.
package func haarForward(
  _ frames: (
    UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>
  ),
  rowStride: Int, blocks: Int, into coefficients: UnsafeMutablePointer<Float>
) {
  withScratch { scratch in
    for first in stride(from: 0, to: blocks, by: chunk) {
      let count = min(chunk, blocks - first)
      let length = count * blockRow
      for y in 0..<haarBlock {
        let start = y * rowStride + first * blockRow
        forward(
          frames.0 + start, frames.1 + start, frames.2 + start, frames.3 + start,
          into: scratch + y * length, stride: haarBlock * length, count: length)
      }
      for time in 0..<haarBlock {
        let rows = scratch + time * haarBlock * length
        forward(
          rows, rows + length, rows + 2 * length, rows + 3 * length,
          into: rows, stride: length, count: length)
      }
      for block in 0..<count {
        let target = coefficients + (first + block) * haarChannels
        for plane in 0..<(haarBlock * haarBlock) {
          columnsForward(
            scratch + plane * length + block * blockRow, into: target + plane * blockRow)
        }
      }
    }
  }
}

/// Brings one row of blocks back.
/// - Parameters:
///   - coefficients: `[blocks, 192]`.
///   - frames, rowStride, blocks: as in `haarForward`, four different frames.
package func haarInverse(
  _ coefficients: UnsafePointer<Float>, blocks: Int,
  into frames: (
    UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>,
    UnsafeMutablePointer<Float>
  ),
  rowStride: Int
) {
  withScratch { scratch in
    for first in stride(from: 0, to: blocks, by: chunk) {
      let count = min(chunk, blocks - first)
      let length = count * blockRow
      for block in 0..<count {
        let source = coefficients + (first + block) * haarChannels
        for plane in 0..<(haarBlock * haarBlock) {
          columnsInverse(
            source + plane * blockRow, into: scratch + plane * length + block * blockRow)
        }
      }
      for time in 0..<haarBlock {
        let rows = scratch + time * haarBlock * length
        inverse(
          rows, stride: length, scale: 1,
          into: rows, rows + length, rows + 2 * length, rows + 3 * length, count: length)
      }
      for y in 0..<haarBlock {
        let start = y * rowStride + first * blockRow
        inverse(
          scratch + y * length, stride: haarBlock * length, scale: 1,
          into: frames.0 + start, frames.1 + start, frames.2 + start, frames.3 + start,
          count: length)
      }
    }
  }
}

/// Brings one row of blocks back as a single frame, the mean of its four.
///
/// Every function of the basis but the first has mean zero in time, so that the mean is the frame
/// of the coefficients with kt = 0, halved.
/// - Parameters:
///   - coefficients: `[blocks, 192]`.
///   - frame: the upper left pixel of the row of blocks.
package func haarInverseMean(
  _ coefficients: UnsafePointer<Float>, blocks: Int, into frame: UnsafeMutablePointer<Float>,
  rowStride: Int
) {
  withScratch { scratch in
    for first in stride(from: 0, to: blocks, by: chunk) {
      let count = min(chunk, blocks - first)
      let length = count * blockRow
      for block in 0..<count {
        let source = coefficients + (first + block) * haarChannels
        for row in 0..<haarBlock {
          columnsInverse(
            source + row * blockRow, into: scratch + row * length + block * blockRow)
        }
      }
      let start = frame + first * blockRow
      inverse(
        scratch, stride: length, scale: 0.5,
        into: start, start + rowStride, start + 2 * rowStride, start + 3 * rowStride,
        count: length)
    }
  }
}

// MARK: - One axis

private let half = Vector(repeating: 0.5)
private let diagonal = Vector(repeating: 0.70710678118654752)

/// The rows a b c d become the rows k = 0…3, `stride` apart; they may lie where a b c d lay.
@inline(__always)
private func forward(
  _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafePointer<Float>,
  _ d: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>, stride: Int, count: Int
) {
  forEachVector(count) { offset, valid in
    let (a, b) = (load(a, offset, valid), load(b, offset, valid))
    let (c, d) = (load(c, offset, valid), load(d, offset, valid))
    let target = result + offset
    store((a + b + (c + d)) * half, to: target, valid)
    store((a + b - (c + d)) * half, to: target + stride, valid)
    store((a - b) * diagonal, to: target + 2 * stride, valid)
    store((c - d) * diagonal, to: target + 3 * stride, valid)
  }
}

/// The rows k = 0…3, `stride` apart, become a b c d, times `scale`.
@inline(__always)
private func inverse(
  _ source: UnsafePointer<Float>, stride: Int, scale: Float,
  into a: UnsafeMutablePointer<Float>, _ b: UnsafeMutablePointer<Float>,
  _ c: UnsafeMutablePointer<Float>, _ d: UnsafeMutablePointer<Float>, count: Int
) {
  let half = half * scale
  let diagonal = diagonal * scale
  forEachVector(count) { offset, valid in
    let source = source + offset
    let sum = load(source, 0, valid) * half
    let difference = load(source + stride, 0, valid) * half
    let left = load(source + 2 * stride, 0, valid) * diagonal
    let right = load(source + 3 * stride, 0, valid) * diagonal
    store(sum + difference + left, to: a + offset, valid)
    store(sum + difference - left, to: b + offset, valid)
    store(sum - difference + right, to: c + offset, valid)
    store(sum - difference - right, to: d + offset, valid)
  }
}

/// Four pixels of three colours side by side become kx = 0…3.
@inline(__always)
private func columnsForward(
  _ source: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>
) {
  for colour in 0..<3 {
    let (a, b) = (source[colour], source[colour + 3])
    let (c, d) = (source[colour + 6], source[colour + 9])
    result[colour] = (a + b + (c + d)) * 0.5
    result[colour + 3] = (a + b - (c + d)) * 0.5
    result[colour + 6] = (a - b) * 0.70710678118654752
    result[colour + 9] = (c - d) * 0.70710678118654752
  }
}

@inline(__always)
private func columnsInverse(
  _ source: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>
) {
  for colour in 0..<3 {
    let sum = source[colour] * 0.5
    let difference = source[colour + 3] * 0.5
    let left = source[colour + 6] * 0.70710678118654752
    let right = source[colour + 9] * 0.70710678118654752
    result[colour] = sum + difference + left
    result[colour + 3] = sum + difference - left
    result[colour + 6] = sum - difference + right
    result[colour + 9] = sum - difference - right
  }
}

// MARK: - Rows of numbers

@inline(__always)
private func forEachVector(_ count: Int, _ body: (_ offset: Int, _ valid: Int) -> Void) {
  for offset in stride(from: 0, to: count, by: lanes) { body(offset, min(lanes, count - offset)) }
}

@inline(__always)
private func store(_ values: Vector, to target: UnsafeMutablePointer<Float>, _ valid: Int) {
  if valid == lanes { values.store(to: target) } else { values.store(to: target, count: valid) }
}

@inline(__always)
private func withScratch(_ body: (UnsafeMutablePointer<Float>) -> Void) {
  let count = haarBlock * haarBlock * chunk * blockRow
  withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { scratch in
    if let start = scratch.baseAddress { body(start) }
  }
}
