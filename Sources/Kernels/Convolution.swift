// Convolution of frames, channels last, same size in space with zeros around, stride 1.
//
// A convolution in space and time is a sum over the frames of its kernel: the caller goes through
// them oldest first and leaves out those before the start of the clip, which are zero. Each output
// is one chain of multiply-adds in the order (frame, row, column, input channel), wherever its
// pixel lies in a tile, so that bits depend neither on how the work is divided nor on how many
// frames come at once.

/// What a sum starts from.
package enum ConvolutionStart: Sendable {
  /// The bias: the output is written.
  case bias
  /// The bias and what the output holds: a residual connection.
  case biasAndOutput
  /// What the output holds: a later frame of the kernel.
  case output
}

/// Adds what one frame contributes to a run of output pixels and a block of output channels.
/// - Parameters:
///   - frame: `[height, width, inputs]`.
///   - pixels: which of the `height · width` output pixels.
///   - block: which of `layout.blocks`.
///   - time: which frame of the kernel this is, 0 the oldest.
///   - weights: packed by `layout`, 64-byte aligned.
///   - bias: `[layout.paddedOutputs]`; read where `start` says so.
///   - zeros: at least `inputs` zeros.
///   - output: `[height, width, outputs]`; must not overlap `frame`.
package func convolveFrame(
  _ frame: UnsafePointer<Float>, height: Int, width: Int, pixels: Range<Int>,
  layout: borrowing ConvolutionLayout, block: Int, time: Int,
  weights: UnsafePointer<Float>, bias: UnsafePointer<Float>, zeros: UnsafePointer<Float>,
  start: ConvolutionStart, output: UnsafeMutablePointer<Float>
) {
  let columns = layout.blocks[block]
  let taps = layout.kernelHeight * layout.kernelWidth
  let packed = UnsafeRawPointer(weights + layout.offset(block: block, time: time))
    .assumingMemoryBound(to: Vector.self)
  let window = Window(
    frame: frame, zeros: zeros, height: height, width: width, inputs: layout.inputs,
    kernelHeight: layout.kernelHeight, kernelWidth: layout.kernelWidth)
  let corner = OutputCorner(
    start: output + columns.firstOutput, stride: layout.outputs, vectors: columns.vectors,
    lastVectorCount: min(
      lanes,
      layout.outputs - columns.firstOutput - (columns.vectors - 1) * lanes))

  withUnsafeTemporaryAllocation(of: UnsafePointer<Float>.self, capacity: taps * tilePixels) {
    pointers in
    withUnsafeTemporaryAllocation(
      of: Vector.self, capacity: tilePixels * ConvolutionLayout.widestBlock
    ) { sums in
      guard let pointers = pointers.baseAddress, let sums = sums.baseAddress else { return }
      var first = pixels.lowerBound
      while first < pixels.upperBound {
        let count = min(tilePixels, pixels.upperBound - first)
        window.fill(pointers, first: first, count: count)
        corner.load(first: first, count: count, start, bias + columns.firstOutput, into: sums)
        addTaps(
          vectors: columns.vectors, pointers, taps: taps, inputs: layout.inputs,
          weights: packed, sums: sums)
        corner.store(sums, first: first, count: count)
        first += tilePixels
      }
    }
  }
}

/// Where the taps of a pixel find their inputs.
private struct Window {
  let frame: UnsafePointer<Float>
  let zeros: UnsafePointer<Float>
  let height: Int
  let width: Int
  let inputs: Int
  let kernelHeight: Int
  let kernelWidth: Int

  /// Fills the pointer table `[taps, tilePixels]` of a tile; what is missing from a full tile sees zeros.
  @inline(__always)
  func fill(_ pointers: UnsafeMutablePointer<UnsafePointer<Float>>, first: Int, count: Int) {
    if count < tilePixels {
      pointers.update(repeating: zeros, count: kernelHeight * kernelWidth * tilePixels)
    }
    var row = first / width
    var column = first % width
    for pixel in 0..<count {
      var entry = pointers + pixel
      for y in (row - kernelHeight / 2)...(row + kernelHeight / 2) {
        for x in (column - kernelWidth / 2)...(column + kernelWidth / 2) {
          let inside = y >= 0 && y < height && x >= 0 && x < width
          entry.pointee = inside ? frame + (y * width + x) * inputs : zeros
          entry += tilePixels
        }
      }
      column += 1
      if column == width {
        column = 0
        row += 1
      }
    }
  }
}

/// The block of output channels that tiles are read from and written to.
private struct OutputCorner {
  let start: UnsafeMutablePointer<Float>
  /// Elements from pixel to pixel.
  let stride: Int
  let vectors: Int
  /// How many channels of the last vector there are.
  let lastVectorCount: Int

  /// Sets the sums of a tile to what they start from.
  @inline(__always)
  func load(
    first: Int, count: Int, _ from: ConvolutionStart, _ bias: UnsafePointer<Float>,
    into sums: UnsafeMutablePointer<Vector>
  ) {
    for pixel in 0..<tilePixels {
      for vector in 0..<vectors {
        let sum = sums + (pixel * vectors + vector)
        let added = Vector(loading: bias + vector * lanes)
        switch from {
        case .bias: sum.pointee = added
        case .biasAndOutput:
          sum.pointee = pixel < count ? added + value(first + pixel, vector) : .zero
        case .output: sum.pointee = pixel < count ? value(first + pixel, vector) : .zero
        }
      }
    }
  }

  /// Writes the first `count` pixels of a tile.
  @inline(__always)
  func store(_ sums: UnsafePointer<Vector>, first: Int, count: Int) {
    for pixel in 0..<count {
      for vector in 0..<vectors {
        let sum = sums[pixel * vectors + vector]
        let address = start + (first + pixel) * stride + vector * lanes
        if vector < vectors - 1 || lastVectorCount == lanes {
          sum.store(to: address)
        } else {
          sum.store(to: address, count: lastVectorCount)
        }
      }
    }
  }

  @inline(__always)
  private func value(_ pixel: Int, _ vector: Int) -> Vector {
    let address = start + pixel * stride + vector * lanes
    if vector < vectors - 1 || lastVectorCount == lanes {
      return Vector(loading: address)
    }
    return Vector(loading: address, count: lastVectorCount)
  }
}
