// What the parts of a run take in bytes and in floating-point operations, by formula, so that it is
// known before anything is loaded. A multiplication with its addition counts as two operations.
//
// N picture tokens, ΣL text tokens, M = N + ΣL, D width, C latent channels, r MLP ratio.

import Layers
import Tensor
import Text

/// One evaluation of the transformer.
struct TransformerCost {
  /// The most that is taken from the arena.
  let activationBytes: Int
  /// The embedded text, and the cosines and sines of the layout.
  let layoutBytes: Int
  let operations: Double

  init(
    textLengths: [Int], shotFrames: [Int], grid: LatentGrid,
    configuration: TransformerConfiguration, precision: ComputePrecision
  ) {
    let (spatial, temporal) = TokenLayout.patterns(
      textLengths: textLengths, shotFrames: shotFrames, grid: grid, configuration: configuration)
    let (words, pictures) = (textLengths.reduce(0, +), grid.count)
    activationBytes = Self.bytes(
      words: words, pictures: pictures, spatial: spatial, temporal: temporal, configuration,
      precision)
    layoutBytes =
      4 * words * configuration.width + 4 * (words + pictures) * configuration.headSize
    operations = Self.operations(
      words: words, pictures: pictures, spatial: spatial, temporal: temporal, configuration)
  }

  private static func bytes(
    words: Int, pictures: Int, spatial: AttentionPattern, temporal: [AttentionPattern],
    _ configuration: TransformerConfiguration, _ precision: ComputePrecision
  ) -> Int {
    let width = configuration.width
    let hidden = configuration.mlpRatio * width
    let rows = { (count: Int) in Arena.byteCount(of: [count, width]) }
    let tiles = { (pattern: AttentionPattern) in
      let scratch = attentionScratchByteCount(
        pattern, heads: configuration.heads, headSize: configuration.headSize)
      return Arena.byteCount(of: [scratch / 4])
    }
    let input = { (count: Int, columns: Int) in
      Linear.inputByteCount(of: [count, columns], precision)
    }
    let scratch = { (count: Int, inputs: Int, outputs: Int) in
      Linear.scratchByteCount(rows: count, inputs: inputs, outputs: outputs, precision)
    }
    let project = { (count: Int) in input(count, width) + scratch(count, width, 3 * width) }
    // The attended rows for their map, then those of the two maps of the MLP; of int8, what the
    // first gives is whole before it is rounded.
    let finish = { (count: Int) in
      max(
        (precision == .f32 ? 0 : input(count, width)) + scratch(count, width, width),
        input(count, width) + input(count, hidden)
          + max(
            (precision == .int8 ? Arena.byteCount(of: [count, hidden]) : 0)
              + scratch(count, width, hidden), scratch(count, hidden, width)))
    }
    let longest = max(words, pictures)

    let tokens = Arena.byteCount(of: [pictures, configuration.inputChannels])
    let time =
      Arena.byteCount(of: [configuration.timeWidth]) + 2 * Arena.byteCount(of: [width])
      + Arena.byteCount(of: [6 * width]) + Arena.byteCount(of: [2 * width])
    let modulation = Arena.byteCount(of: [6, width])
    let all = words + pictures
    let spatialBytes =
      2 * modulation + 3 * rows(all)
      + max(project(longest), rows(all) + max(tiles(spatial), finish(longest)))
    let temporalBytes =
      modulation + 3 * rows(pictures)
      + max(
        project(pictures),
        rows(pictures) + max(temporal.map(tiles).max() ?? 0, finish(pictures)))
    let final = rows(pictures) + Arena.byteCount(of: [pictures, configuration.latentChannels])
    let step =
      tokens + rows(pictures) + rows(words) + time + max(spatialBytes, temporalBytes, final)
    let text = Arena.byteCount(of: [words, configuration.textWidth]) + 2 * rows(words)
    return max(step, text)
  }

  private static func operations(
    words: Int, pictures: Int, spatial: AttentionPattern, temporal: [AttentionPattern],
    _ configuration: TransformerConfiguration
  ) -> Double {
    let width = Double(configuration.width)
    let stream = { (tokens: Int) in
      2 * Double(tokens) * width * width * Double(4 + 2 * configuration.mlpRatio)
    }
    let attention = { (pattern: AttentionPattern) in
      pattern.groups.reduce(0.0) { $0 + 4 * Double($1.queryCount) * Double($1.keyCount) * width }
    }
    var sum = 0.0
    for pair in 0..<configuration.pairs {
      sum += 2 * stream(pictures) + stream(words)
      sum += attention(spatial) + attention(temporal[pair % 2])
    }
    let ends = Double(configuration.inputChannels + configuration.latentChannels)
    sum += 2 * Double(pictures) * width * ends
    sum += 2 * width * (Double(configuration.timeWidth) + 9 * width)
    return sum
  }
}

/// Decoding latents of a clip, all of the grid at once.
struct DecoderCost {
  /// The most that is taken from the arena.
  let activationBytes: Int
  /// What the convolutions remember.
  let stateBytes: Int
  /// Operations a latent frame.
  let operations: Double

  init(
    grid: LatentGrid, configuration: AutoencoderConfiguration, precision: ComputePrecision
  ) {
    let channels = configuration.decoderChannels
    let positions = grid.count
    var bytes = 0
    var highest = 0
    var state = 0
    var products = 0.0
    func convolve(_ positions: Int, _ inputs: Int, _ outputs: Int, taps: Int) {
      products += Double(positions) * Double(inputs) * Double(outputs) * Double(taps)
    }
    func take(_ positions: Int, _ channels: Int) -> Int {
      Arena.byteCount(of: [positions, channels])
    }
    /// The padded frames of a convolution whose input is `halvings` times half as wide as the finest.
    func frames(halvings: Int, _ channels: Int, time: Int) -> Int {
      let scale = 1 << (configuration.decoderChannels.count - 1 - halvings)
      return CausalConv3D.frameByteCount(
        height: scale * grid.rows, width: scale * grid.columns, channels: channels,
        kernel: (time, 3, 3), precision: precision)
    }

    convolve(positions, configuration.latentChannels, channels[channels.count - 1], taps: 27)
    state += frames(halvings: channels.count - 1, configuration.latentChannels, time: 3)
    bytes += take(positions, channels[channels.count - 1])
    for level in channels.indices.reversed() {
      let (width, blocks) = (channels[level], configuration.decoderBlocks[level])
      let size = positions << (2 * (channels.count - 1 - level))
      for _ in 0..<(2 * blocks) { convolve(size, width, width, taps: 27) }
      state += 2 * blocks * frames(halvings: level, width, time: 3)
      if blocks > 0 { highest = max(highest, bytes + take(size, width)) }
      if level > 0 {
        convolve(size, width, 4 * channels[level - 1], taps: 9)
        bytes += take(size, 4 * channels[level - 1])
        highest = max(highest, bytes + frames(halvings: level, width, time: 1))
      }
    }
    let fine = positions << (2 * (channels.count - 1))
    convolve(fine, channels[0], haarCoefficients, taps: 9)
    // The transform back is three passes of four sums over four numbers.
    products += Double(fine * haarCoefficients * 12)

    let output =
      take(fine, haarCoefficients)
      + max(
        frames(halvings: 0, channels[0], time: 1),
        Arena.byteCount(of: [grid.frames, grid.width, grid.height, 3, 4]))
    // The latent as it is stored, and freed of its statistics; then the network, and its output.
    activationBytes =
      2 * take(positions, configuration.latentChannels) + max(highest, bytes + output)
    stateBytes = state
    operations = 2 * products / Double(grid.frames)
  }
}

/// Encoding one text.
struct TextEncoderCost {
  /// The most that is taken from the arena.
  let activationBytes: Int
  let operations: Double

  init(tokens: Int, configuration: TextEncoder.Configuration) {
    let (width, hidden) = (Double(configuration.width), Double(configuration.hiddenWidth))
    let count = Double(tokens)
    operations =
      Double(configuration.layers)
      * (2 * count * width * (4 * width + 2 * hidden) + 4 * count * count * width)
    let tiles = attentionScratchByteCount(
      .full(tokens), heads: configuration.heads, headSize: configuration.width / configuration.heads
    )
    let row = Arena.byteCount(of: [tokens, configuration.width])
    // The result; queries, keys, values, attended, and the tiles or a sum; or the hidden rows.
    activationBytes =
      row
      + max(
        4 * row + max(Arena.byteCount(of: [tiles / 4]), row),
        Arena.byteCount(of: [tokens, configuration.hiddenWidth]) + row)
  }
}
