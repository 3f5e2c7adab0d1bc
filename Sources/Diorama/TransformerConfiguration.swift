package import Checkpoint

/// `transformer/config.json`: the sizes of the transformer.
package struct TransformerConfiguration: Sendable, Equatable {
  /// Which tokens look at which.
  package enum Attention: String, Sendable, CaseIterable {
    /// Spatial blocks look at a frame and the text of its shot, temporal ones into windows.
    case alternating
    /// Spatial blocks look at all tokens, temporal ones at all pictures.
    case full
  }

  /// Channels of a latent, C.
  package let latentChannels: Int
  /// The width of a token, D.
  package let width: Int
  /// Attention heads, H.
  package let heads: Int
  /// Pairs of a spatial and a temporal block.
  package let pairs: Int
  /// The width of an MLP in widths of a token.
  package let mlpRatio: Int
  /// The width of the text encoder's hidden states.
  package let textWidth: Int
  /// The width of the sinusoids of the time.
  package let timeWidth: Int
  /// How many numbers of a head turn with t, y and x.
  package let ropeAxes: [Int]
  /// The base of the rotary frequencies.
  package let ropeTheta: Double
  /// Rows and columns of a temporal block's window.
  package let window: [Int]
  package let attention: Attention
  /// The most tokens of a shot's text, `[CLS]` and `[SEP]` among them.
  package let maxTextTokens: Int

  /// Numbers of one head.
  package var headSize: Int { width / heads }
  /// Input channels of a token: noisy latents, condition latents, mask.
  package var inputChannels: Int { 2 * latentChannels + 1 }

  /// - Throws: `CheckpointError.config` with the field, what it is, and what it should be.
  package init(_ config: inout ConfigReader) throws(CheckpointError) {
    latentChannels = try config.field("latent_channels", default: 48, in: 1...1024)
    width = try config.field("width", default: 256, in: 16...16384)
    heads = try config.field("heads", default: 4, in: 1...256)
    pairs = try config.field("pairs", default: 5, in: 1...256)
    mlpRatio = try config.field("mlp_ratio", default: 4, in: 1...64)
    textWidth = try config.field("text_width", default: 384, in: 1...16384)
    timeWidth = try config.field("time_width", default: 256, in: 2...16384)
    ropeAxes = try config.field("rope_axes", default: [24, 20, 20])
    ropeTheta = try config.field("rope_theta", default: 10_000, in: 1...1e12)
    window = try config.field("window", default: [12, 12])
    attention = try config.choice("attention", default: .alternating)
    maxTextTokens = try config.field("max_text_tokens", default: 64, in: 2...(1 << 16))

    // The attention kernel computes with vectors of sixteen numbers.
    guard width % heads == 0, width / heads % 16 == 0 else {
      throw config.error(
        "heads", found: "\(heads)",
        expected: "heads whose size, of width \(width), is a multiple of 16")
    }
    let headSize = width / heads
    guard ropeAxes.count == 3, ropeAxes.allSatisfy({ $0 >= 0 && $0 % 2 == 0 && $0 <= headSize }),
      ropeAxes.reduce(0, +) == headSize
    else {
      throw config.error(
        "rope_axes", found: "\(ropeAxes)",
        expected: "three even numbers that add up to the size of a head, \(headSize)")
    }
    guard window.count == 2, window.allSatisfy({ (1...4096).contains($0) }) else {
      throw config.error("window", found: "\(window)", expected: "rows and columns, from 1 to 4096")
    }
    guard timeWidth % 2 == 0 else {
      throw config.error("time_width", found: "\(timeWidth)", expected: "an even number")
    }
  }
}
