/// How the weights of a convolution lie in memory so that the register tile reads them in order.
///
/// Output channels are padded to vectors of 16 and grouped into blocks of one, two or three vectors.
/// A block's weights are `[kernelTime, kernelHeight, kernelWidth, input groups, block width]`, by Winograd's algorithm
/// `[16, kernelTime, input groups, block width]`, each entry a group of four bytes: the weight of one input
/// channel in Float32, or of two in bfloat16. The blocks follow each other.
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
  package let algorithm: ConvolutionAlgorithm
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

  /// The widest block in vectors: as many as the sums of eight pixels have in wide registers, two in tile registers.
  /// Narrow registers hold one; by Winograd's algorithm, whose inputs are four times as many, the two after it find them
  /// in the first cache, where the direct sum keeps the weights of a pass.
  private let widestBlock: Int

  /// - Parameters:
  ///   - format: `.float32` or `.bfloat16`.
  ///   - algorithm: that of the frames; the fastest, if none is given.
  package init(
    inputs: Int, outputs: Int, kernelTime: Int, kernelHeight: Int, kernelWidth: Int,
    format: ProductFormat = .float32, upscale: Int = 1, algorithm: ConvolutionAlgorithm? = nil
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
    let algorithm =
      algorithm
      ?? .fastest(
        inputs: inputs, kernelHeight: kernelHeight, kernelWidth: kernelWidth, format: format)
    precondition(
      algorithm == .direct || kernelHeight == 3 && kernelWidth == 3 && format == .bfloat16,
      "Winograd's algorithm for \(kernelHeight)×\(kernelWidth) in \(format)")
    self.algorithm = algorithm
    let rowGroups = kernelWidth * format.groups(inputs)
    tileSteps = algorithm == .direct ? format.tileSteps(rowGroups) : nil
    widestBlock = tileSteps != nil ? 2 : hasWideRegisters || algorithm == .winograd ? 3 : 1
    blocks = Self.blocks(
      places: upscale * upscale, channels: outputs / (upscale * upscale), widest: widestBlock)
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
    paddedOutputs * kernelTime * storedRows * rowGroups * groupByteCount
  }

  /// The rows of weights that are stored for a frame of the kernel, and the columns.
  var storedRows: Int { algorithm.storedKernel(height: kernelHeight, width: kernelWidth).rows }
  var storedColumns: Int {
    algorithm.storedKernel(height: kernelHeight, width: kernelWidth).columns
  }

  /// The groups that one row of the kernel multiplies, which lie beside each other in a padded frame.
  var rowGroups: Int { storedColumns * format.groups(inputs) }

  /// The bytes of a block's weights.
  func weightByteCount(_ block: Block) -> Int {
    block.vectors * kernelTime * storedRows * rowGroups * lanes * groupByteCount
  }

  /// Where the weights of a block for one row of the kernel, or one of Winograd's components, start, in bytes.
  func offset(_ block: Block, time: Int, row: Int) -> Int {
    let place = algorithm == .direct ? time * storedRows + row : row * kernelTime + time
    let vectors = block.firstVector * kernelTime * storedRows + block.vectors * place
    return vectors * rowGroups * lanes * groupByteCount
  }

  /// The frames of the kernel that a frame of the clip sees with it; others lie before the clip.
  func times(of number: Int) -> Range<Int> { max(0, kernelTime - 1 - number)..<kernelTime }

  /// How many rows of the kernel are summed up before the sum is added to the output.
  ///
  /// A pass goes over all pixels of a block of work with the weights of so many rows, which therefore
  /// stay in the second cache. In Float32 a pass is also short enough that its rounding errors, which
  /// grow with the root of its length, stay below 1e-6 of the result.
  var rowsOfPass: Int {
    let bytes = rowGroups * widestBlock * lanes * groupByteCount
    let fitting = min(kernelHeight, (1 << 18) / bytes)
    return max(1, format == .float32 ? min(fitting, 640 / rowGroups) : fitting)
  }

  /// The positions that one call should compute where there are many: tile registers multiply faster than weights come
  /// from a far cache, while vectors want outputs that stay in a near one, and threads that end together.
  package var positionsOfBlock: Int {
    if tileSteps != nil { return 512 }
    return algorithm == .direct ? 128 : 32
  }

  /// Where the first channel of a pixel goes, in elements, in an image `width` pixels wide before a shuffle.
  @inline(__always)
  func output(row: Int, column: Int, _ block: Block, width: Int) -> Int {
    let (y, x) = (row * upscale + block.place / upscale, column * upscale + block.place % upscale)
    return (y * width * upscale + x) * channelsPerPixel
  }

  /// The output channel, in PyTorch's order, of one of a block.
  func output(_ block: Block, _ channel: Int) -> Int {
    (block.firstChannel + channel) * upscale * upscale + block.place
  }
}
