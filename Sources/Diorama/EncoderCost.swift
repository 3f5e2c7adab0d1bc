import Layers
import Tensor

/// Encoding one latent frame of a clip; what decoding takes stands in `DecoderCost`.
struct EncoderCost {
  /// The most that is taken from the arena.
  let activationBytes: Int
  /// What the convolutions remember.
  let stateBytes: Int
  /// Operations a latent frame.
  let operations: Double

  init(
    grid: LatentGrid, configuration: AutoencoderConfiguration, precision: ComputePrecision
  ) {
    let channels = configuration.encoderChannels
    let levels = channels.count
    let positions = grid.positionsPerFrame
    let fine = positions << (2 * (levels - 1))
    func take(_ positions: Int, _ channels: Int) -> Int {
      Arena.byteCount(of: [positions, channels])
    }
    /// The padded frames of a convolution whose input is `halvings` times half as wide as the finest.
    func frames(halvings: Int, _ channels: Int, time: Int) -> Int {
      let scale = 1 << (levels - 1 - halvings)
      return CausalConv3D.frameByteCount(
        height: scale * grid.rows, width: scale * grid.columns, channels: channels,
        kernel: (time, 3, 3), precision: precision)
    }
    var products = 0.0
    func convolve(_ positions: Int, _ inputs: Int, _ outputs: Int, taps: Int) {
      products += Double(positions) * Double(inputs) * Double(outputs) * Double(taps)
    }

    // The transform is three passes of four sums over four numbers.
    products += Double(fine * haarCoefficients * 12)
    convolve(fine, haarCoefficients, channels[0], taps: 9)
    var bytes = take(fine, haarCoefficients) + take(fine, channels[0])
    var highest = bytes + frames(halvings: 0, haarCoefficients, time: 1)
    var state = 0
    for level in 0..<levels {
      let (width, blocks) = (channels[level], configuration.encoderBlocks[level])
      let size = fine >> (2 * level)
      if level > 0 {
        convolve(4 * size, channels[level - 1], width / 4, taps: 9)
        bytes += take(4 * size, width / 4)
        highest = max(highest, bytes + frames(halvings: level - 1, channels[level - 1], time: 1))
        bytes += take(size, width)
        highest = max(highest, bytes)
      }
      for _ in 0..<(2 * blocks) { convolve(size, width, width, taps: 27) }
      state += 2 * blocks * frames(halvings: level, width, time: 3)
      if blocks > 0 { highest = max(highest, bytes + take(size, width)) }
    }
    convolve(positions, channels[levels - 1], configuration.latentChannels, taps: 27)
    state += frames(halvings: levels - 1, channels[levels - 1], time: 3)
    bytes += take(positions, configuration.latentChannels)
    highest = max(highest, bytes)
    let input = Arena.byteCount(of: [grid.width, grid.height, 3, 4])
    activationBytes = input + take(positions, configuration.latentChannels) + highest
    stateBytes = state
    operations = 2 * products
  }
}
