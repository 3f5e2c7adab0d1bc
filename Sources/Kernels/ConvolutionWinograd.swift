// Winograd's algorithm (`ConvolutionAlgorithm.winograd`): four convolutions without height, one a component, whose sums
// make two rows of pixels.
//
// A component goes over all positions of a block of work before the next, so that its weights, a quarter of all, stay in
// the second cache. Its sums are kept beside those of the others, in that cache too, and an output is written once.

/// The part of `convolve` that is done so.
func convolveByWinograd(
  _ ring: FrameRing, _ number: Int, _ positions: Range<Int>, _ layout: borrowing ConvolutionLayout,
  _ block: ConvolutionLayout.Block, _ weights: UnsafeRawPointer, _ target: OutputBlock,
  addsToOutput: Bool
) {
  let (frame, times) = (ring.frame, layout.times(of: number))
  let room = roomForTiles(positions)
  let sumsOfComponent = room * block.vectors
  withUnsafeTemporaryAllocation(of: Int.self, capacity: 2 * room) { offsets in
    withUnsafeTemporaryAllocation(
      of: Vector.self, capacity: ConvolutionAlgorithm.components * sumsOfComponent
    ) { sums in
      withUnsafeTemporaryAllocation(of: UnsafeRawPointer.self, capacity: times.count) { rows in
        guard let inputs = offsets.baseAddress, let sums = sums.baseAddress else { return }
        let outputs = inputs + room
        fillOffsets(positions, frame, layout, block, inputs: inputs, outputs: outputs, room: room)
        for component in 0..<ConvolutionAlgorithm.components {
          for (index, time) in times.enumerated() {
            rows[index] =
              UnsafeRawPointer(ring[number - (layout.kernelTime - 1) + time])
              + component * frame.rows * frame.rowByteCount
          }
          let kernel = KernelRows(
            inputs: UnsafeBufferPointer(rows), groups: layout.rowGroups,
            weights: weights + layout.offset(block, time: times.lowerBound, row: component))
          for first in stride(from: 0, to: positions.count, by: tilePixels) {
            convolveTile(
              format: layout.format, vectors: block.vectors, kernel, offsets: inputs + first,
              sums: sums + component * sumsOfComponent + first * block.vectors)
          }
        }
        makeRows(sums, count: sumsOfComponent)
        target.add(
          sums, to: outputs, count: positions.count, startsFromBias: true,
          addsToOutput: addsToOutput)
        // A frame of odd height ends with the first row of two.
        let withRowBelow = positions.clamped(to: 0..<(frame.height / 2 * frame.width))
        target.moved(
          by: layout.output(row: 1, column: 0, block, width: frame.width)
            - layout.output(row: 0, column: 0, block, width: frame.width)
        ).add(
          sums + sumsOfComponent, to: outputs, count: withRowBelow.count, startsFromBias: true,
          addsToOutput: addsToOutput)
      }
    }
  }
}

/// The sums of two rows of pixels, in place of the first two of the components, `count` vectors each.
private func makeRows(_ sums: UnsafeMutablePointer<Vector>, count: Int) {
  for index in 0..<count {
    let (first, second) = (sums[count + index], sums[2 * count + index])
    sums[index] += first + second
    sums[count + index] = first - second - sums[3 * count + index]
  }
}
