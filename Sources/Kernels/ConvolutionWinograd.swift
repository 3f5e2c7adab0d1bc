// Winograd's algorithm (`ConvolutionAlgorithm.winograd`): four convolutions without height, one a component, whose sums
// make two rows of pixels.
//
// Where the weights of all four fit the second cache, a tile of positions has its components one after the other, and
// their sums never leave the first; where they don't, a component goes over all positions of a block of work before the
// next. An output is written once.

/// The part of `convolve` that is done so.
func convolveByWinograd(
  _ ring: FrameRing, _ number: Int, _ positions: Range<Int>, _ layout: borrowing ConvolutionLayout,
  _ block: ConvolutionLayout.Block, _ weights: UnsafeRawPointer, _ target: OutputBlock,
  addsToOutput: Bool
) {
  let (frame, times) = (ring.frame, layout.times(of: number))
  let components = ConvolutionAlgorithm.components
  let room = roomForTiles(positions)
  let together = layout.weightByteCount(block) <= 640 << 10 ? tilePixels : room
  let sumsOfComponent = together * block.vectors
  // A frame of odd height ends with the first row of two.
  let pairs = positions.clamped(to: 0..<(frame.height / 2 * frame.width)).count
  let below = target.moved(
    by: layout.output(row: 1, column: 0, block, width: frame.width)
      - layout.output(row: 0, column: 0, block, width: frame.width))
  withUnsafeTemporaryAllocation(of: Int.self, capacity: 2 * room) { offsets in
    withUnsafeTemporaryAllocation(of: Vector.self, capacity: components * sumsOfComponent) { sums in
      withUnsafeTemporaryAllocation(
        of: UnsafeRawPointer.self, capacity: components * times.count
      ) { rows in
        guard let inputs = offsets.baseAddress, let sums = sums.baseAddress else { return }
        let outputs = inputs + room
        fillOffsets(positions, frame, layout, block, inputs: inputs, outputs: outputs, room: room)
        for component in 0..<components {
          for (index, time) in times.enumerated() {
            rows[component * times.count + index] =
              UnsafeRawPointer(ring[number - (layout.kernelTime - 1) + time])
              + component * frame.rows * frame.rowByteCount
          }
        }
        for start in stride(from: 0, to: positions.count, by: together) {
          for component in 0..<components {
            let first = component * times.count
            let kernel = KernelRows(
              inputs: UnsafeBufferPointer(rows.extracting(first..<first + times.count)),
              groups: layout.rowGroups,
              weights: weights + layout.offset(block, time: times.lowerBound, row: component))
            for tile in stride(from: 0, to: min(together, positions.count - start), by: tilePixels)
            {
              convolveTile(
                format: layout.format, vectors: block.vectors, kernel,
                offsets: inputs + start + tile,
                sums: sums + component * sumsOfComponent + tile * block.vectors)
            }
          }
          makeRows(sums, count: sumsOfComponent)
          target.add(
            sums, to: outputs + start, count: min(together, positions.count - start),
            startsFromBias: true, addsToOutput: addsToOutput)
          below.add(
            sums + sumsOfComponent, to: outputs + start,
            count: max(0, min(together, pairs - start)),
            startsFromBias: true, addsToOutput: addsToOutput)
        }
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
