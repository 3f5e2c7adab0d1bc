import Tensor

/// Encoding one latent frame of a clip; what decoding takes stands in `DecoderCost`.
struct EncoderCost {
  /// The most that is taken from the arena.
  let activationBytes: Int
  /// What the convolutions remember.
  let stateBytes: Int
  /// Operations a latent frame.
  let operations: Double

  init(grid: LatentGrid, configuration: AutoencoderConfiguration) {
    let channels = configuration.encoderChannels
    let levels = channels.count
    let positions = grid.positionsPerFrame
    let fine = positions << (2 * (levels - 1))
    func take(_ positions: Int, _ channels: Int) -> Int {
      Arena.byteCount(of: [positions, channels])
    }
    var products = 0.0
    func convolve(_ positions: Int, _ inputs: Int, _ outputs: Int, taps: Int) {
      products += Double(positions) * Double(inputs) * Double(outputs) * Double(taps)
    }

    // The transform is three passes of four sums over four numbers.
    products += Double(fine * haarCoefficients * 12)
    convolve(fine, haarCoefficients, channels[0], taps: 9)
    var bytes = take(fine, haarCoefficients) + take(fine, channels[0])
    var highest = bytes
    var state = 2 * positions * channels[levels - 1]
    for level in 0..<levels {
      let (width, blocks) = (channels[level], configuration.encoderBlocks[level])
      let size = fine >> (2 * level)
      if level > 0 {
        convolve(4 * size, channels[level - 1], width / 4, taps: 9)
        bytes += take(4 * size, width / 4) + take(size, width)
        highest = max(highest, bytes)
      }
      for _ in 0..<(2 * blocks) { convolve(size, width, width, taps: 27) }
      state += blocks * 2 * 2 * size * width
      if blocks > 0 { highest = max(highest, bytes + 2 * take(size, width)) }
    }
    convolve(positions, channels[levels - 1], configuration.latentChannels, taps: 27)
    bytes += take(positions, configuration.latentChannels)
    highest = max(highest, bytes)
    let input = Arena.byteCount(of: [grid.width, grid.height, 3, 4])
    activationBytes = input + take(positions, configuration.latentChannels) + highest
    stateBytes = 4 * state
    operations = 2 * products
  }
}
