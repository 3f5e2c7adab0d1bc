import Checkpoint
import Diorama
import Files
import Text

/// The sizes that the kernels are measured at: those of the model directory where it has them, and
/// the default model's elsewhere.
struct ModelShapes {
  let transformer: TransformerConfiguration
  let autoencoder: AutoencoderConfiguration
  /// The clip that the model was made for: 128×128, 25 frames.
  let grid: LatentGrid
  /// 640×640, 25 frames: the square of the tier of 480 lines, where windows are windows.
  let largeGrid = LatentGrid(frames: 7, rows: 40, columns: 40)
  /// Tokens of a prompt of some ten words.
  let textTokens = 16
  let textEncoderHeads = 12
  let textEncoderHeadSize = 32

  init(_ directory: ModelDirectory?) throws {
    transformer = try Self.transformer(directory)
    autoencoder = try Self.autoencoder(directory)
    var index = ConfigReader(directory?.index ?? JSONObject(), file: "model_index.json")
    let multiple = AutoencoderConfiguration.pixels
    grid = try LatentGrid(
      frames: try index.field("native_frames", default: 25, in: 1...4097),
      width: try index.field("native_width", default: 128, in: multiple...8192),
      height: try index.field("native_height", default: 128, in: multiple...8192))
  }

  private static func transformer(
    _ directory: ModelDirectory?
  ) throws -> TransformerConfiguration {
    var config = try config("transformer", directory) ?? ConfigReader(JSONObject(), file: "default")
    return try TransformerConfiguration(&config)
  }

  private static func autoencoder(
    _ directory: ModelDirectory?
  ) throws -> AutoencoderConfiguration {
    // Statistics of coefficients have no default, and no influence on the speed.
    let ones: JSONValue = ["coefficients_std": .array(Array(repeating: 1, count: 64))]
    var config =
      try config("vae", directory) ?? ConfigReader(ones.object ?? JSONObject(), file: "default")
    return try AutoencoderConfiguration(&config)
  }

  /// The config of a component; nil where the directory has none of that name.
  private static func config(
    _ component: String, _ directory: ModelDirectory?
  ) throws -> ConfigReader? {
    guard let directory, try FileFacts.of("\(directory.path)/\(component)/config.json") != nil
    else { return nil }
    return try directory.config(component)
  }
}

/// One convolution of the autoencoder, at the size of one latent frame.
struct ConvolutionShape {
  let name: String
  let height: Int
  let width: Int
  let inputs: Int
  let outputs: Int
  /// Frames in the kernel: 3, or 1 for those in space alone.
  let kernelTime: Int
  /// How often the decoder, or the encoder, has one like it.
  var times = 1

  var operations: Double {
    2 * Double(height * width) * Double(inputs * outputs) * Double(9 * kernelTime)
  }
}

extension ModelShapes {
  /// Multiplications of the linear path past the networks, a latent frame.
  var shortcutProducts: Int {
    let pixels = AutoencoderConfiguration.pixels
    let block = AutoencoderConfiguration.framesPerLatent * pixels * pixels * 3
    return grid.positionsPerFrame * block * autoencoder.latentChannels
  }

  /// Those of the decoder, from the latents on.
  var decoderConvolutions: [ConvolutionShape] {
    let (channels, blocks) = (autoencoder.decoderChannels, autoencoder.decoderBlocks)
    var list = [
      shape("decoder-in", level: 2, autoencoder.latentChannels, channels[2], time: 3)
    ]
    for level in [2, 1, 0] {
      list.append(
        shape(
          "decoder-block-\(level)", level: level, channels[level], channels[level], time: 3,
          times: 2 * blocks[level]))
      if level > 0 {
        list.append(
          shape(
            "decoder-upsample-\(level)", level: level, channels[level], 4 * channels[level - 1],
            time: 1))
      }
    }
    return list + [shape("decoder-out", level: 0, channels[0], Self.coefficients, time: 1)]
  }

  /// Those of the encoder, from the coefficients on.
  var encoderConvolutions: [ConvolutionShape] {
    let (channels, blocks) = (autoencoder.encoderChannels, autoencoder.encoderBlocks)
    var list = [shape("encoder-in", level: 0, Self.coefficients, channels[0], time: 1)]
    for level in 0..<3 {
      if level > 0 {
        list.append(
          shape(
            "encoder-downsample-\(level)", level: level - 1, channels[level - 1],
            channels[level] / 4, time: 1))
      }
      list.append(
        shape(
          "encoder-block-\(level)", level: level, channels[level], channels[level], time: 3,
          times: 2 * blocks[level]))
    }
    return list + [
      shape("encoder-out", level: 2, channels[2], autoencoder.latentChannels, time: 3)
    ]
  }

  /// Haar coefficients of a block of 4×4×4 pixels of three colours.
  static let coefficients = 192

  /// - Parameter level: 0 at a quarter of the pixels' side, 2 at that of the latents.
  private func shape(
    _ name: String, level: Int, _ inputs: Int, _ outputs: Int, time: Int, times: Int = 1
  ) -> ConvolutionShape {
    ConvolutionShape(
      name: name, height: grid.rows << (2 - level), width: grid.columns << (2 - level),
      inputs: inputs, outputs: outputs, kernelTime: time, times: times)
  }
}
