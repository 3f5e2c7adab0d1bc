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

/// Convolves a run of positions to a block of output channels.
/// - Parameters:
///   - ring: the padded frames.
///   - number: the newest of them, the frame of the clip that is computed; it, and as many before it
///     as the kernel has and the clip, lie in the ring.
///   - positions: which of `ring.frame.positions`.
///   - layout: of the algorithm of the frames.
///   - block: which of `layout.blocks`.
///   - weights: packed by `layout`, 64-byte aligned.
///   - bias: `[layout.paddedOutputs]`, packed by `layout`.
///   - addsToOutput: whether the result is added to what the output holds, a residual connection.
///   - output: `[height·upscale, width·upscale, layout.channelsPerPixel]`.
package func convolve(
  _ ring: FrameRing, number: Int, positions: Range<Int>, layout: borrowing ConvolutionLayout,
  block: Int, weights: UnsafeRawPointer, bias: UnsafePointer<Float>, addsToOutput: Bool,
  output: UnsafeMutablePointer<Float>
) {
  let columns = layout.blocks[block]
  let target = OutputBlock(
    start: output + columns.firstChannel, bias: bias + columns.firstVector * lanes,
    vectors: columns.vectors,
    lastVectorCount: columns.channels - (columns.vectors - 1) * lanes)
  switch (layout.algorithm, layout.tileSteps) {
  case (.winograd, _):
    convolveByWinograd(
      ring, number, positions, layout, columns, weights, target, addsToOutput: addsToOutput)
  case (.direct, let steps?):
    convolveInTiles(ring, number, positions, layout, columns, weights, steps, target, addsToOutput)
  case (.direct, nil):
    convolveInVectors(
      ring, number, positions, layout, columns, weights, target, addsToOutput: addsToOutput)
  }
}

/// The part of `convolve` that is done directly, in vector registers.
private func convolveInVectors(
  _ ring: FrameRing, _ number: Int, _ pixels: Range<Int>, _ layout: borrowing ConvolutionLayout,
  _ block: ConvolutionLayout.Block, _ weights: UnsafeRawPointer, _ target: OutputBlock,
  addsToOutput: Bool
) {
  let room = roomForTiles(pixels)
  withUnsafeTemporaryAllocation(of: Int.self, capacity: 2 * room) { offsets in
    withUnsafeTemporaryAllocation(
      of: Vector.self, capacity: tilePixels * block.vectors
    ) { sums in
      withUnsafeTemporaryAllocation(of: UnsafeRawPointer.self, capacity: layout.kernelHeight) {
        rows in
        guard let inputs = offsets.baseAddress, let sums = sums.baseAddress else { return }
        let outputs = inputs + room
        fillOffsets(pixels, ring.frame, layout, block, inputs: inputs, outputs: outputs, room: room)
        var isFirst = true
        for time in layout.times(of: number) {
          let frame = UnsafeRawPointer(ring[number - (layout.kernelTime - 1) + time])
          var row = 0
          while row < layout.kernelHeight {
            let count = min(layout.rowsOfPass, layout.kernelHeight - row)
            for index in 0..<count { rows[index] = frame + (row + index) * ring.frame.rowByteCount }
            let kernel = KernelRows(
              inputs: UnsafeBufferPointer(rows.extracting(..<count)), groups: layout.rowGroups,
              weights: weights + layout.offset(block, time: time, row: row))
            for first in stride(from: 0, to: pixels.count, by: tilePixels) {
              convolveTile(
                format: layout.format, vectors: block.vectors, kernel, offsets: inputs + first,
                sums: sums)
              target.add(
                sums, to: outputs + first, count: min(tilePixels, pixels.count - first),
                startsFromBias: isFirst, addsToOutput: !isFirst || addsToOutput)
            }
            isFirst = false
            row += count
          }
        }
      }
    }
  }
}

/// Positions rounded up to whole tiles.
func roomForTiles(_ positions: Range<Int>) -> Int {
  (positions.count + tilePixels - 1) / tilePixels * tilePixels
}

/// Where the window of each position starts in a padded frame, in bytes, and where its result, or the upper left one of
/// four, goes, in elements; what is missing from the last tile sees what the last position sees.
@inline(__always)
func fillOffsets(
  _ positions: Range<Int>, _ frame: PaddedFrame, _ layout: borrowing ConvolutionLayout,
  _ block: ConvolutionLayout.Block, inputs: UnsafeMutablePointer<Int>,
  outputs: UnsafeMutablePointer<Int>, room: Int
) {
  let side = frame.algorithm.side
  var (row, column) = positions.lowerBound.quotientAndRemainder(dividingBy: frame.columns)
  for index in 0..<positions.count {
    inputs[index] = row * frame.rowByteCount + column * frame.pixelByteCount
    outputs[index] = layout.output(
      row: row * side, column: column * side, block, width: frame.width)
    column += 1
    if column == frame.columns {
      column = 0
      row += 1
    }
  }
  for index in positions.count..<room {
    inputs[index] = inputs[positions.count - 1]
    outputs[index] = outputs[positions.count - 1]
  }
}

/// The block of output channels that tiles are added to.
struct OutputBlock {
  let start: UnsafeMutablePointer<Float>
  let bias: UnsafePointer<Float>
  let vectors: Int
  /// How many channels of the last vector there are.
  let lastVectorCount: Int

  /// Sixteen numbers of the bias.
  @inline(__always)
  func bias(_ vector: Int) -> Vector { Vector(loading: bias + vector * lanes) }

  /// Writes sixteen channels of a pixel, plus what is there.
  @inline(__always)
  func add(_ values: Vector, to offset: Int, _ vector: Int, addsToOutput: Bool) {
    let address = start + offset + vector * lanes
    let valid = vector < vectors - 1 ? lanes : lastVectorCount
    let result = addsToOutput ? values + load(address, 0, valid) : values
    if valid == lanes {
      result.store(to: address)
    } else {
      result.store(to: address, count: valid)
    }
  }

  /// Writes the first `count` pixels of a tile: its sums, plus the bias, plus what is there.
  @inline(__always)
  func add(
    _ sums: UnsafePointer<Vector>, to offsets: UnsafePointer<Int>, count: Int,
    startsFromBias: Bool, addsToOutput: Bool
  ) {
    for vector in 0..<vectors {
      let added = startsFromBias ? bias(vector) : .zero
      for pixel in 0..<count {
        add(
          sums[pixel * vectors + vector] + added, to: offsets[pixel], vector,
          addsToOutput: addsToOutput)
      }
    }
  }
}
