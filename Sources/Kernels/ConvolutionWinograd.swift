import CSIMD

// Winograd's algorithm (`ConvolutionAlgorithm.winograd`): sixteen convolutions without height and width, one a component,
// whose sums make squares of 2×2 pixels.
//
// Where the weights of all components fit the second cache, a tile of positions has its components one after the other,
// and their sums never leave the first; where they don't, a component goes over all positions of a block of work before
// the next. An output is written once.

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
  let origin = layout.output(row: 0, column: 0, block, width: frame.width)
  let below = layout.output(row: 1, column: 0, block, width: frame.width) - origin
  let right = layout.output(row: 0, column: 1, block, width: frame.width) - origin
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
          let count = min(together, positions.count - start)
          for component in 0..<components {
            let first = component * times.count
            let kernel = KernelRows(
              inputs: UnsafeBufferPointer(rows.extracting(first..<first + times.count)),
              groups: layout.rowGroups,
              weights: weights + layout.offset(block, time: times.lowerBound, row: component))
            if start + count < positions.count {
              prefetch(kernel, from: inputs[start + count], together * frame.pixelByteCount)
            }
            for tile in stride(from: 0, to: count, by: tilePixels) {
              convolveTile(
                format: layout.format, vectors: block.vectors, kernel,
                offsets: inputs + start + tile,
                sums: sums + component * sumsOfComponent + tile * block.vectors)
            }
          }
          var (row, column) = (positions.lowerBound + start)
            .quotientAndRemainder(dividingBy: frame.columns)
          for index in 0..<count {
            target.addSquare(
              sums + index * block.vectors, componentStride: sumsOfComponent,
              to: outputs[start + index],
              below: 2 * row + 1 < frame.height ? below : nil,
              right: 2 * column + 1 < frame.width ? right : nil, addsToOutput: addsToOutput)
            column += 1
            if column == frame.columns { (row, column) = (row + 1, 0) }
          }
        }
      }
    }
  }
}

/// Asks for what the next tile reads of a component: of large frames it comes from memory, a kilobyte here and there,
/// which the processor's own prefetching does not foresee.
@inline(__always)
private func prefetch(_ kernel: KernelRows, from offset: Int, _ byteCount: Int) {
  for row in kernel.inputs {
    flipbook_prefetch(
      (row + offset).assumingMemoryBound(to: UInt32.self), byteCount / groupByteCount)
  }
}

extension OutputBlock {
  /// Writes a square of four pixels: what its components come to, plus the bias, plus what is there.
  /// - Parameters:
  ///   - sums: `[4, 4]`, height and width, of `vectors` each.
  ///   - offset: where the upper left pixel goes.
  ///   - below, right: how far from there the lower and the right pixels are, where the frame has them.
  @inline(__always)
  fileprivate func addSquare(
    _ sums: UnsafePointer<Vector>, componentStride: Int, to offset: Int, below: Int?, right: Int?,
    addsToOutput: Bool
  ) {
    for vector in 0..<vectors {
      let sum = { (row: Int, column: Int) in sums[(4 * row + column) * componentStride + vector] }
      let upper = { (column: Int) in sum(0, column) + sum(1, column) + sum(2, column) }
      let lower = { (column: Int) in sum(1, column) - sum(2, column) - sum(3, column) }
      let added = bias(vector)
      let (u0, u1, u2, u3) = (upper(0), upper(1), upper(2), upper(3))
      add(u0 + u1 + u2 + added, to: offset, vector, addsToOutput: addsToOutput)
      if let right {
        add(u1 - u2 - u3 + added, to: offset + right, vector, addsToOutput: addsToOutput)
      }
      guard let below else { continue }
      let (l0, l1, l2, l3) = (lower(0), lower(1), lower(2), lower(3))
      add(l0 + l1 + l2 + added, to: offset + below, vector, addsToOutput: addsToOutput)
      if let right {
        add(l1 - l2 - l3 + added, to: offset + below + right, vector, addsToOutput: addsToOutput)
      }
    }
  }
}
