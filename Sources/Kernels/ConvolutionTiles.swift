import CSIMD

// Convolution in tile registers: up to thirty-two pixels × thirty-two output channels whose sums stay in
// registers over the whole kernel, so that an output is written once.
//
// The rows of a register lie at even distances, as pixels of a row of a frame do. A tile runs on over the border
// between two rows: what it computes there is left out, two pixels of a row, where a tile for every row would leave
// most of its registers empty in narrow frames.

/// The part of `convolve` that is done in tile registers.
func convolveInTiles(
  _ ring: FrameRing, _ number: Int, _ pixels: Range<Int>, _ layout: borrowing ConvolutionLayout,
  _ block: ConvolutionLayout.Block, _ weights: UnsafeRawPointer, _ steps: TileSteps,
  _ target: OutputBlock, _ addsToOutput: Bool
) {
  guard let firstPixel = pixels.first, let lastPixel = pixels.last else { return }
  let frame = ring.frame
  let pitch = frame.width + 2 * frame.marginColumns
  func position(_ pixel: Int) -> Int { pixel / frame.width * pitch + pixel % frame.width }
  let end = position(lastPixel) + 1
  var sums = InlineArray<64, Vector>(repeating: Vector(repeating: 0))
  withUnsafeMutablePointer(to: &sums) { sums in
    let sums = UnsafeMutableRawPointer(sums)
    var shape = TileRegisterShape()
    for first in stride(from: position(firstPixel), to: end, by: registerTileRows) {
      let positions = first..<min(first + registerTileRows, end)
      shape.set(rows: positions.count, steps)
      let tile = RegisterTile(
        hasLow: positions.count > tileRegisterRows, hasRight: block.vectors == 2)
      tile.begin(at: sums, isFirst: true)
      for time in layout.times(of: number) {
        let window =
          UnsafeRawPointer(ring[number - (layout.kernelTime - 1) + time])
          + first * frame.pixelByteCount
        for row in 0..<layout.kernelHeight {
          tile.multiply(
            BFloat16Element.self, window + row * frame.rowByteCount, stride: frame.pixelByteCount,
            panel: weights + layout.offset(block, time: time, row: row), steps)
        }
      }
      tile.store(to: sums)
      target.add(
        sums.assumingMemoryBound(to: Vector.self), positions, pitch: pitch, frame.width, layout,
        block, addsToOutput: addsToOutput)
    }
    shape.release()
  }
}

extension OutputBlock {
  /// Writes the pixels among the positions of a tile, those that do not lie between two rows.
  @inline(__always)
  fileprivate func add(
    _ sums: UnsafePointer<Vector>, _ positions: Range<Int>, pitch: Int, _ width: Int,
    _ layout: borrowing ConvolutionLayout, _ block: ConvolutionLayout.Block, addsToOutput: Bool
  ) {
    var outputs = InlineArray<32, Int>(repeating: 0)
    var position = positions.lowerBound
    while position < positions.upperBound {
      let (row, column) = position.quotientAndRemainder(dividingBy: pitch)
      let count = min(width - column, positions.upperBound - position)
      if count > 0 {
        for index in 0..<count {
          outputs[index] = layout.output(row: row, column: column + index, block, width: width)
        }
        withUnsafePointer(to: &outputs) {
          add(
            sums + (position - positions.lowerBound) * vectors,
            to: UnsafeRawPointer($0).assumingMemoryBound(to: Int.self), count: count,
            startsFromBias: true, addsToOutput: addsToOutput)
        }
      }
      position += pitch - column
    }
  }
}
