/// How the weights of a convolution lie in memory so that the register tile reads them in order.
///
/// Output channels are padded to vectors of 16 and grouped into blocks of one, two or three
/// vectors. A block's weights are `[kernelTime, kernelHeight, kernelWidth, inputs, block width]`,
/// and the blocks follow each other.
package struct ConvolutionLayout: Sendable {
  /// Channels that go in.
  package let inputs: Int
  /// Channels that come out.
  package let outputs: Int
  /// How many frames, rows and columns one output sees.
  package let kernelTime: Int
  package let kernelHeight: Int
  package let kernelWidth: Int
  /// The blocks of output channels, in order.
  package let blocks: [Block]

  /// A run of output channels that one call computes.
  package struct Block: Sendable, Equatable {
    /// The first output channel, a multiple of 16.
    package let firstOutput: Int
    /// How many vectors of 16 channels: 1, 2 or 3.
    package let vectors: Int
  }

  /// The widest block in vectors, the width of the register tile.
  static var widestBlock: Int { hasWideRegisters ? 3 : 1 }

  package init(
    inputs: Int, outputs: Int, kernelTime: Int, kernelHeight: Int, kernelWidth: Int
  ) {
    precondition(inputs > 0 && outputs > 0, "a convolution needs channels")
    precondition(
      kernelTime > 0 && kernelHeight % 2 == 1 && kernelWidth % 2 == 1,
      "a kernel of the same size in space has odd sides")
    self.inputs = inputs
    self.outputs = outputs
    self.kernelTime = kernelTime
    self.kernelHeight = kernelHeight
    self.kernelWidth = kernelWidth
    var blocks: [Block] = []
    var vector = 0
    var left = (outputs + lanes - 1) / lanes
    while left > 0 {
      // Four are two and two: a tile of one vector loads as much as it multiplies.
      let width = left == 4 ? min(2, Self.widestBlock) : min(left, Self.widestBlock)
      blocks.append(Block(firstOutput: vector * lanes, vectors: width))
      vector += width
      left -= width
    }
    self.blocks = blocks
  }

  /// Output channels rounded up to whole vectors: the length of a packed bias.
  package var paddedOutputs: Int {
    (outputs + lanes - 1) / lanes * lanes
  }

  /// How many Float32 the packed weights take.
  package var packedCount: Int {
    paddedOutputs * kernelTime * kernelHeight * kernelWidth * inputs
  }

  /// Where the weights of a block for one frame of the kernel start, in elements.
  package func offset(block: Int, time: Int) -> Int {
    let taps = kernelHeight * kernelWidth * inputs
    let block = blocks[block]
    return (block.firstOutput * kernelTime + block.vectors * lanes * time) * taps
  }

  /// Brings weights into this layout; channels that only fill a vector are zero.
  /// - Parameters:
  ///   - weight: `[outputs, inputs, kernelTime, kernelHeight, kernelWidth]`, as PyTorch stores it.
  ///   - packed: room for `packedCount` elements, 64-byte aligned.
  package func pack(_ weight: UnsafePointer<Float>, into packed: UnsafeMutablePointer<Float>) {
    let taps = kernelTime * kernelHeight * kernelWidth
    for block in blocks {
      let width = block.vectors * lanes
      let start = packed + block.firstOutput * taps * inputs
      // A few input channels at a time: what one tap reads of them is still near for the next.
      for chunk in stride(from: 0, to: inputs, by: 4) {
        for tap in 0..<taps {
          for input in chunk..<min(chunk + 4, inputs) {
            let row = start + (tap * inputs + input) * width
            for column in 0..<width {
              let output = block.firstOutput + column
              row[column] = output < outputs ? weight[(output * inputs + input) * taps + tap] : 0
            }
          }
        }
      }
    }
  }
}
