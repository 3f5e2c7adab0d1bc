import CSIMD

// The way of a convolution's weights from PyTorch's order into the layout that is multiplied.
//
// In a file a number's neighbours are those of its output channel, in the layout those of its place in the kernel:
// sixteen channels are read a few input channels at a time, each in order, and transposed in registers.

extension ConvolutionLayout {
  /// Brings a bias into this layout, with zeros where channels only fill a vector.
  /// - Parameters:
  ///   - bias: `[outputs]`.
  ///   - packed: `[paddedOutputs]`.
  package func packBias(
    _ bias: UnsafePointer<Float>, into packed: UnsafeMutablePointer<Float>
  ) {
    for block in blocks {
      let target = packed + block.firstVector * lanes
      for channel in 0..<(block.vectors * lanes) {
        target[channel] = channel < block.channels ? bias[output(block, channel)] : 0
      }
    }
  }

  /// Brings weights into this layout; channels that only fill a vector or a group are zero.
  /// - Parameters:
  ///   - weight: `[outputs, inputs, kernelTime, kernelHeight, kernelWidth]`, as PyTorch stores it.
  ///   - packed: room for `packedByteCount` bytes, 64-byte aligned.
  package func pack(_ weight: UnsafePointer<Float>, into packed: UnsafeMutableRawPointer) {
    pack(numbers: Float32Numbers(base: weight), into: packed)
  }

  /// The same for weights that lie in a file as bfloat16, aligned to nothing.
  package func pack(bfloat16 weight: UnsafeRawPointer, into packed: UnsafeMutableRawPointer) {
    pack(numbers: BFloat16Numbers(base: weight), into: packed)
  }

  /// Input channels whose weights are transposed together.
  private var inputsOfChunk: Int { 8 }
  private var taps: Int { kernelTime * kernelHeight * kernelWidth }

  private func pack(numbers weight: some Numbers, into packed: UnsafeMutableRawPointer) {
    let room = (inputsOfChunk * taps + lanes - 1) / lanes * lanes
    withUnsafeTemporaryAllocation(of: Vector.self, capacity: room) { values in
      guard let values = values.baseAddress else { return }
      for block in blocks {
        for vector in 0..<block.vectors {
          for input in stride(from: 0, to: inputs, by: inputsOfChunk) {
            gather(weight, block, vector, input: input, into: values)
            store(
              values, block, groups: format.groups(min(inputsOfChunk, inputs - input)),
              from: input / format.groupSize, into: packed + vector * lanes * groupByteCount)
          }
        }
      }
    }
  }

  /// The weights of sixteen outputs for some input channels from `input` on, `[inputs, taps]` vectors; zeros beyond the
  /// last channels.
  private func gather(
    _ weight: some Numbers, _ block: Block, _ vector: Int, input: Int,
    into values: UnsafeMutablePointer<Vector>
  ) {
    let there = min(inputsOfChunk, inputs - input) * taps
    withUnsafeTemporaryAllocation(of: Vector.self, capacity: lanes) { square in
      guard let square = square.baseAddress else { return }
      for first in stride(from: 0, to: inputsOfChunk * taps, by: lanes) {
        let count = max(0, min(lanes, there - first))
        for lane in 0..<lanes {
          let channel = vector * lanes + lane
          let start =
            channel < block.channels ? (output(block, channel) * inputs + input) * taps : 0
          square[lane] = weight.load(start + first, count: channel < block.channels ? count : 0)
        }
        flipbook_transpose16(
          UnsafeRawPointer(square).assumingMemoryBound(to: UInt32.self),
          UnsafeMutableRawPointer(values + first).assumingMemoryBound(to: UInt32.self), lanes, lanes
        )
      }
    }
  }

  /// Writes the weights of `count` groups of input channels, `[groupSize, taps]` vectors each.
  private func store(
    _ values: UnsafePointer<Vector>, _ block: Block, groups count: Int, from first: Int,
    into target: UnsafeMutableRawPointer
  ) {
    let groups = format.groups(inputs)
    let groupStride = block.vectors * lanes * groupByteCount
    for time in 0..<kernelTime {
      for row in 0..<storedRows {
        let start = target + offset(block, time: time, row: row)
        for column in 0..<storedColumns {
          var place = start + (column * groups + first) * groupStride
          var taps = values + time * kernelHeight * kernelWidth
          for _ in 0..<count {
            let numbers = stored(taps, row: row, column: column)
            if format == .float32 {
              place.storeBytes(of: numbers, as: Vector.self)
            } else {
              let others = stored(taps + self.taps, row: row, column: column)
              place.storeBytes(
                of: flipbook_bf16_pairs(numbers, others), as: SIMD32<UInt16>.self)
            }
            place += groupStride
            taps += format.groupSize * self.taps
          }
        }
      }
    }
  }

  /// What is multiplied of a frame of the kernel, `[kernelHeight, kernelWidth]` from `values` on.
  @inline(__always)
  private func stored(_ values: UnsafePointer<Vector>, row: Int, column: Int) -> Vector {
    if algorithm == .direct { return values[row * kernelWidth + column] }
    let (down, across) = row.quotientAndRemainder(
      dividingBy: ConvolutionAlgorithm.componentsOfDirection)
    return component(
      across, component(down, values[0], values[3], values[6]),
      component(down, values[1], values[4], values[7]),
      component(down, values[2], values[5], values[8]))
  }

  /// One of Winograd's sums of three weights.
  @inline(__always)
  private func component(
    _ index: Int, _ first: Vector, _ second: Vector, _ third: Vector
  ) -> Vector {
    switch index {
    case 0: first
    case 1: (first + second + third) * 0.5
    case 2: (first - second + third) * 0.5
    default: third
    }
  }
}

/// Numbers in a row, whatever they are stored as.
private protocol Numbers {
  /// `count` of them from `index` on, and zeros.
  func load(_ index: Int, count: Int) -> Vector
}

private struct Float32Numbers: Numbers {
  let base: UnsafePointer<Float>

  @inline(__always)
  func load(_ index: Int, count: Int) -> Vector { Kernels.load(base, index, count) }
}

private struct BFloat16Numbers: Numbers {
  let base: UnsafeRawPointer

  @inline(__always)
  func load(_ index: Int, count: Int) -> Vector {
    let start = base + 2 * index
    if count == lanes { return flipbook_bf16_widened(start.loadUnaligned(as: SIMD16<UInt16>.self)) }
    var bits = SIMD16<UInt16>(repeating: 0)
    for lane in 0..<count {
      bits[lane] = start.loadUnaligned(fromByteOffset: 2 * lane, as: UInt16.self)
    }
    return flipbook_bf16_widened(bits)
  }
}
