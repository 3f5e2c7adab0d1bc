package import Checkpoint

/// `vae/config.json`: the sizes of the autoencoder and the statistics of its latents.
package struct AutoencoderConfiguration: Sendable, Equatable {
  /// Channels of a latent, C.
  package let latentChannels: Int
  /// Channels of the encoder's levels, from H/4 down to H/16.
  package let encoderChannels: [Int]
  /// Residual blocks of the encoder's levels.
  package let encoderBlocks: [Int]
  /// Channels of the decoder's levels, from H/4 down to H/16: it runs through them backwards.
  package let decoderChannels: [Int]
  /// Residual blocks of the decoder's levels, in the order of `decoderChannels`.
  package let decoderBlocks: [Int]
  /// The typical size of a Haar coefficient, by (kt·4 + ky)·4 + kx; the same for the three colours.
  package let coefficientSizes: [Float]
  /// Mean and standard deviation of each latent channel.
  package let latentMeans: [Float]
  package let latentDeviations: [Float]

  /// Pixels a side of a latent position.
  package static let pixels = 16
  /// Frames of a latent frame, but for the first, which is one.
  package static let framesPerLatent = 4
  /// Two halvings lie between the Haar coefficients at H/4 and the latents at H/16.
  static let levels = 3

  /// - Throws: `CheckpointError.config` with the field, what it is, and what it should be.
  package init(_ config: inout ConfigReader) throws(CheckpointError) {
    latentChannels = try config.field("latent_channels", default: 48, in: 1...1024)
    encoderChannels = try Self.levelSizes(
      "encoder_channels", [96, 160, 256], in: 4...8192, &config)
    encoderBlocks = try Self.levelSizes("encoder_blocks", [1, 1, 1], in: 0...64, &config)
    decoderChannels = try Self.levelSizes(
      "decoder_channels", [96, 160, 256], in: 4...8192, &config)
    decoderBlocks = try Self.levelSizes("decoder_blocks", [1, 2, 2], in: 0...64, &config)
    for channels in encoderChannels.dropFirst() where channels % 4 != 0 {
      throw config.error(
        "encoder_channels", found: "\(encoderChannels)",
        expected: "multiples of 4 behind the first, as they are made of squares of 2×2")
    }
    coefficientSizes = try Self.positive("coefficients_std", count: 64, &config)
    let count = latentChannels
    latentMeans = try Self.numbers("latents_mean", count: count, default: 0, &config)
    latentDeviations = try Self.positive("latents_std", count: count, default: 1, &config)
  }

  private static func levelSizes(
    _ name: String, _ standard: [Int], in range: ClosedRange<Int>, _ config: inout ConfigReader
  ) throws(CheckpointError) -> [Int] {
    let values = try config.field(name, default: standard)
    guard values.count == levels, values.allSatisfy(range.contains) else {
      throw config.error(
        name, found: "\(values)",
        expected: "\(levels) whole numbers from \(range.lowerBound) to \(range.upperBound)")
    }
    return values
  }

  private static func numbers(
    _ name: String, count: Int, default value: Float?, _ config: inout ConfigReader
  ) throws(CheckpointError) -> [Float] {
    let values: [Float] =
      if let value {
        try config.field(name, default: Array(repeating: value, count: count))
      } else {
        try config.field(name)
      }
    guard values.count == count else {
      throw config.error(name, found: "a list of \(values.count)", expected: "\(count) numbers")
    }
    return values
  }

  private static func positive(
    _ name: String, count: Int, default value: Float? = nil, _ config: inout ConfigReader
  ) throws(CheckpointError) -> [Float] {
    let values = try numbers(name, count: count, default: value, &config)
    if let found = values.first(where: { $0 <= 0 }) {
      throw config.error(name, found: "a list with \(found)", expected: "numbers above 0")
    }
    return values
  }
}
