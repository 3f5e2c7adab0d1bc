// Causal convolution in time and space, channels last, same size in space with zeros around, stride 1.
//
// The sum over the kernel goes through its frames, oldest first, a few rows of the kernel at a time
// (`ConvolutionLayout.rowsOfPass`): each pass is one chain of multiply-adds that begins at zero, in
// the order (row, column, input channel), and is then added to the output. That order is the same for
// every pixel wherever it lies in a tile, so that bits depend neither on how the work is divided nor
// on how many frames come at once. Frames before the start of the clip are zero and left out.
//
// There is no im2col copy: a tile reads the padded frames themselves, each number once for every row
// of the kernel and every block of 48 output channels, from the first cache but for the first time.
// An output is written once a pass and read once less; it stays in a cache in between.

/// Convolves a run of output pixels to a block of output channels.
/// - Parameters:
///   - ring: the padded frames.
///   - number: the newest of them, the frame of the clip that is computed; it, and as many before it
///     as the kernel has and the clip, lie in the ring.
///   - pixels: which of the `height · width` pixels.
///   - block: which of `layout.blocks`.
///   - weights: packed by `layout`, 64-byte aligned.
///   - bias: `[layout.paddedOutputs]`, packed by `layout`.
///   - addsToOutput: whether the result is added to what the output holds, a residual connection.
///   - output: `[height·upscale, width·upscale, layout.channelsPerPixel]`.
package func convolve(
  _ ring: FrameRing, number: Int, pixels: Range<Int>, layout: borrowing ConvolutionLayout,
  block: Int, weights: UnsafeRawPointer, bias: UnsafePointer<Float>, addsToOutput: Bool,
  output: UnsafeMutablePointer<Float>
) {
  let columns = layout.blocks[block]
  let target = OutputBlock(
    start: output + columns.firstChannel, bias: bias + columns.firstVector * lanes,
    vectors: columns.vectors,
    lastVectorCount: columns.channels - (columns.vectors - 1) * lanes)
  if let steps = layout.tileSteps {
    convolveInTiles(ring, number, pixels, layout, columns, weights, steps, target, addsToOutput)
    return
  }
  let room = (pixels.count + tilePixels - 1) / tilePixels * tilePixels
  withUnsafeTemporaryAllocation(of: Int.self, capacity: 2 * room) { offsets in
    withUnsafeTemporaryAllocation(
      of: Vector.self, capacity: tilePixels * ConvolutionLayout.widestBlock
    ) { sums in
      guard let inputs = offsets.baseAddress, let sums = sums.baseAddress else { return }
      let outputs = inputs + room
      fillOffsets(pixels, ring.frame, layout, columns, inputs: inputs, outputs: outputs, room: room)
      var isFirst = true
      for time in max(0, layout.kernelTime - 1 - number)..<layout.kernelTime {
        let frame = UnsafeRawPointer(ring[number - (layout.kernelTime - 1) + time])
        var row = 0
        while row < layout.kernelHeight {
          let rows = KernelRows(
            frame: frame + row * ring.frame.rowByteCount, rowByteCount: ring.frame.rowByteCount,
            rows: min(layout.rowsOfPass, layout.kernelHeight - row), groups: layout.rowGroups,
            weights: weights + layout.offset(columns, time: time, row: row))
          for first in stride(from: 0, to: pixels.count, by: tilePixels) {
            convolveTile(
              format: layout.format, vectors: columns.vectors, rows, offsets: inputs + first,
              sums: sums)
            target.add(
              sums, to: outputs + first, count: min(tilePixels, pixels.count - first),
              startsFromBias: isFirst, addsToOutput: !isFirst || addsToOutput)
          }
          isFirst = false
          row += rows.rows
        }
      }
    }
  }
}

/// Where the window of each pixel starts in a padded frame, in bytes, and where its result goes, in
/// elements; what is missing from the last tile sees what the last pixel sees.
@inline(__always)
private func fillOffsets(
  _ pixels: Range<Int>, _ frame: PaddedFrame, _ layout: borrowing ConvolutionLayout,
  _ block: ConvolutionLayout.Block, inputs: UnsafeMutablePointer<Int>,
  outputs: UnsafeMutablePointer<Int>, room: Int
) {
  var (row, column) = (pixels.lowerBound / frame.width, pixels.lowerBound % frame.width)
  for index in 0..<pixels.count {
    inputs[index] = row * frame.rowByteCount + column * frame.pixelByteCount
    outputs[index] = layout.output(row: row, column: column, block, width: frame.width)
    column += 1
    if column == frame.width {
      column = 0
      row += 1
    }
  }
  for index in pixels.count..<room {
    inputs[index] = inputs[pixels.count - 1]
    outputs[index] = outputs[pixels.count - 1]
  }
}

/// The block of output channels that tiles are added to.
struct OutputBlock {
  let start: UnsafeMutablePointer<Float>
  let bias: UnsafePointer<Float>
  let vectors: Int
  /// How many channels of the last vector there are.
  let lastVectorCount: Int

  /// Writes the first `count` pixels of a tile: its sums, plus the bias, plus what is there.
  @inline(__always)
  func add(
    _ sums: UnsafePointer<Vector>, to offsets: UnsafePointer<Int>, count: Int,
    startsFromBias: Bool, addsToOutput: Bool
  ) {
    for vector in 0..<vectors {
      let added = startsFromBias ? Vector(loading: bias + vector * lanes) : .zero
      let valid = vector < vectors - 1 ? lanes : lastVectorCount
      for pixel in 0..<count {
        let address = start + offsets[pixel] + vector * lanes
        var result = sums[pixel * vectors + vector] + added
        if addsToOutput { result += load(address, 0, valid) }
        if valid == lanes {
          result.store(to: address)
        } else {
          result.store(to: address, count: valid)
        }
      }
    }
  }
}
