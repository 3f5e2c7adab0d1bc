import CSIMD

/// How the weights of a convolution lie in memory so that the register tile reads them in order.
///
/// Output channels are padded to vectors of 16 and grouped into blocks of one, two or three vectors.
/// A block's weights are `[kernelTime, kernelHeight, kernelWidth, input groups, block width]`, each
/// entry a group of four bytes: the weight of one input channel in Float32, or of two in bfloat16. The
/// blocks follow each other.
package struct ConvolutionLayout: Sendable {
  /// Channels that go in.
  package let inputs: Int
  /// Channels that come out, before a pixel shuffle.
  package let outputs: Int
  /// How many frames, rows and columns one output sees.
  package let kernelTime: Int
  package let kernelHeight: Int
  package let kernelWidth: Int
  package let format: ProductFormat
  /// 2 where the store is a pixel shuffle as well: channel `c·4 + dy·2 + dx` of a pixel becomes
  /// channel c of the pixel (dy, dx) in the square of 2×2 that takes its place. 1 elsewhere.
  package let upscale: Int
  /// The blocks of output channels, in order.
  package let blocks: [Block]
  /// How one row of the kernel goes through tile registers, where it does.
  let tileSteps: TileSteps?

  /// A run of output channels that one call computes.
  package struct Block: Sendable, Equatable {
    /// Which pixel of the square, `dy·upscale + dx`.
    package let place: Int
    /// The first channel of that pixel, a multiple of 16, and how many there are.
    package let firstChannel: Int
    package let channels: Int
    /// How many vectors of 16 channels stand before this block, and in it: 1, 2 or 3.
    package let firstVector: Int
    package let vectors: Int
  }

  /// The widest block in vectors, the width of the register tile; in tile registers it is two.
  static var widestBlock: Int { hasWideRegisters ? 3 : 1 }

  /// - Parameter format: `.float32` or `.bfloat16`.
  package init(
    inputs: Int, outputs: Int, kernelTime: Int, kernelHeight: Int, kernelWidth: Int,
    format: ProductFormat = .float32, upscale: Int = 1
  ) {
    precondition(inputs > 0 && outputs > 0, "a convolution needs channels")
    precondition(
      kernelTime > 0 && kernelHeight % 2 == 1 && kernelWidth % 2 == 1,
      "a kernel of the same size in space has odd sides")
    precondition(format != .int8, "a convolution in eight bits")
    precondition(
      outputs % (upscale * upscale) == 0, "\(outputs) channels do not make squares of pixels")
    self.inputs = inputs
    self.outputs = outputs
    self.kernelTime = kernelTime
    self.kernelHeight = kernelHeight
    self.kernelWidth = kernelWidth
    self.format = format
    self.upscale = upscale
    let rowGroups = kernelWidth * format.groups(inputs)
    tileSteps = format.tileSteps(rowGroups)
    blocks = Self.blocks(
      places: upscale * upscale, channels: outputs / (upscale * upscale),
      widest: tileSteps == nil ? Self.widestBlock : 2)
  }

  private static func blocks(places: Int, channels: Int, widest: Int) -> [Block] {
    var blocks: [Block] = []
    var firstVector = 0
    for place in 0..<places {
      var channel = 0
      while channel < channels {
        let left = (channels - channel + lanes - 1) / lanes
        // Four are two and two: a tile of one vector loads as much as it multiplies.
        let vectors = left == 4 ? min(2, widest) : min(left, widest)
        blocks.append(
          Block(
            place: place, firstChannel: channel, channels: min(vectors * lanes, channels - channel),
            firstVector: firstVector, vectors: vectors))
        firstVector += vectors
        channel += vectors * lanes
      }
    }
    return blocks
  }

  /// Channels of a pixel that is written.
  package var channelsPerPixel: Int { outputs / (upscale * upscale) }

  /// Output channels rounded up to whole vectors: the length of a packed bias.
  package var paddedOutputs: Int {
    blocks.last.map { ($0.firstVector + $0.vectors) * lanes } ?? 0
  }

  /// The bytes of the packed weights.
  package var packedByteCount: Int {
    paddedOutputs * kernelTime * kernelHeight * rowGroups * groupByteCount
  }

  /// The groups that one row of the kernel multiplies, which lie beside each other in a padded frame.
  var rowGroups: Int { kernelWidth * format.groups(inputs) }

  /// The bytes of a block's weights for one row of the kernel.
  func rowByteCount(_ block: Block) -> Int { rowGroups * block.vectors * lanes * groupByteCount }

  /// Where the weights of a block for one row of the kernel start, in bytes.
  func offset(_ block: Block, time: Int, row: Int) -> Int {
    let vectors =
      block.firstVector * kernelTime * kernelHeight
      + block.vectors * (time * kernelHeight + row)
    return vectors * rowGroups * lanes * groupByteCount
  }

  /// How many rows of the kernel are summed up before the sum is added to the output.
  ///
  /// A pass goes over all pixels of a block of work with the weights of so many rows, which therefore
  /// stay in the second cache. In Float32 a pass is also short enough that its rounding errors, which
  /// grow with the root of its length, stay below 1e-6 of the result.
  var rowsOfPass: Int {
    let bytes = rowGroups * Self.widestBlock * lanes * groupByteCount
    let fitting = min(kernelHeight, (1 << 18) / bytes)
    return max(1, format == .float32 ? min(fitting, 640 / rowGroups) : fitting)
  }

  /// The pixels that one call should compute where there are many: tile registers multiply faster than weights come
  /// from a far cache, while vectors want outputs that stay in a near one.
  package var pixelsOfBlock: Int { tileSteps == nil ? 128 : 512 }

  /// Where the first channel of a pixel goes, in elements, in an image `width` pixels wide before a shuffle.
  @inline(__always)
  func output(row: Int, column: Int, _ block: Block, width: Int) -> Int {
    let (y, x) = (row * upscale + block.place / upscale, column * upscale + block.place % upscale)
    return (y * width * upscale + x) * channelsPerPixel
  }

  /// The output channel, in PyTorch's order, of one of a block.
  private func output(_ block: Block, _ channel: Int) -> Int {
    (block.firstChannel + channel) * upscale * upscale + block.place
  }

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
    if format == .float32 {
      pack(numbers: BFloat16Numbers(base: weight), into: packed)
    } else {
      packPairs(BFloat16Numbers(base: weight), into: packed)
    }
  }

  /// Nothing is rounded: pairs of a file are pairs of the layout. A row of the file is read in order.
  private func packPairs(_ weight: BFloat16Numbers, into packed: UnsafeMutableRawPointer) {
    let taps = kernelTime * kernelHeight * kernelWidth
    let groups = format.groups(inputs)
    for block in blocks {
      let start = packed + offset(block, time: 0, row: 0)
      // A few groups at a time: where they go is in the first cache for all of their outputs.
      for chunk in stride(from: 0, to: groups, by: 4) {
        for channel in 0..<(block.vectors * lanes) {
          let row = channel < block.channels ? output(block, channel) * inputs : nil
          for group in chunk..<min(chunk + 4, groups) {
            for tap in 0..<taps {
              var pair: UInt32 = 0
              if let row {
                let first = (row + 2 * group) * taps + tap
                pair = UInt32(weight.bits(first))
                if 2 * group + 1 < inputs { pair |= UInt32(weight.bits(first + taps)) << 16 }
              }
              let place = (tap * groups + group) * block.vectors * lanes + channel
              start.storeBytes(of: pair, toByteOffset: place * groupByteCount, as: UInt32.self)
            }
          }
        }
      }
    }
  }

  private func pack(numbers weight: some Numbers, into packed: UnsafeMutableRawPointer) {
    let taps = kernelTime * kernelHeight * kernelWidth
    let groups = format.groups(inputs)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * lanes) { room in
      guard let values = room.baseAddress else { return }
      for block in blocks {
        let start = packed + offset(block, time: 0, row: 0)
        // A few input channels at a time: what one tap reads of them is still near for the next.
        for chunk in stride(from: 0, to: groups, by: 4) {
          for tap in 0..<taps {
            for group in chunk..<min(chunk + 4, groups) {
              for vector in 0..<block.vectors {
                gather(weight, block, vector, group: group, tap: tap, taps: taps, into: values)
                let place = ((tap * groups + group) * block.vectors + vector) * lanes
                store(values, to: start + place * groupByteCount)
              }
            }
          }
        }
      }
    }
  }

  /// The weights of sixteen outputs for each input channel of a group.
  private func gather(
    _ weight: some Numbers, _ block: Block, _ vector: Int, group: Int, tap: Int, taps: Int,
    into values: UnsafeMutablePointer<Float>
  ) {
    for member in 0..<format.groupSize {
      let input = group * format.groupSize + member
      for lane in 0..<lanes {
        let channel = vector * lanes + lane
        let isThere = channel < block.channels && input < inputs
        values[member * lanes + lane] =
          isThere ? weight[(output(block, channel) * inputs + input) * taps + tap] : 0
      }
    }
  }

  private func store(_ values: UnsafePointer<Float>, to target: UnsafeMutableRawPointer) {
    let first = Vector(loading: values)
    if format == .float32 {
      target.storeBytes(of: first, as: Vector.self)
    } else {
      let pairs = flipbook_bf16_pairs(first, Vector(loading: values + lanes))
      target.storeBytes(of: pairs, as: SIMD32<UInt16>.self)
    }
  }
}

/// Numbers in a row, whatever they are stored as.
private protocol Numbers {
  subscript(index: Int) -> Float { get }
}

private struct Float32Numbers: Numbers {
  let base: UnsafePointer<Float>

  subscript(index: Int) -> Float { base[index] }
}

private struct BFloat16Numbers: Numbers {
  let base: UnsafeRawPointer

  subscript(index: Int) -> Float { Float(bitPattern: UInt32(bits(index)) << 16) }

  func bits(_ index: Int) -> UInt16 {
    UInt16(littleEndian: base.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
  }
}
