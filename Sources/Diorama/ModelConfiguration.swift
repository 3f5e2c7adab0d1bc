package import Checkpoint
package import Text

/// All configs of a Diorama model directory, checked against each other; no weights.
package struct ModelConfiguration: Sendable {
  /// The clip that the model was made for.
  package struct Native: Sendable, Equatable {
    /// Pixels.
    package let width: Int
    package let height: Int
    /// 1 + 4k.
    package let frames: Int
    /// The longest clip that the model was trained for, in frames, 1 + 4k: longer ones are made of
    /// stretches of `frames`.
    package let longestFrames: Int
    package let framesPerSecond: Int

    /// The same in latent frames.
    var stretchLengths: Stretch.Lengths {
      Stretch.Lengths(
        longest: 1 + longestFrames / AutoencoderConfiguration.framesPerLatent,
        native: 1 + frames / AutoencoderConfiguration.framesPerLatent)
    }

    /// How many frames of a video are looked at to go on with it: as many as a stretch takes over.
    package var openingFrames: Int {
      1 + (stretchLengths.overlap - 1) * AutoencoderConfiguration.framesPerLatent
    }

    /// The frames of the longest stretch of a clip.
    /// - Parameters:
    ///   - clipFrames: of the result.
    ///   - inputs: what it is made from.
    package func sequenceFrames(of clipFrames: Int, _ inputs: ClipInputs) -> Int {
      let perLatent = AutoencoderConfiguration.framesPerLatent
      let whole =
        inputs.showsOpening
        ? clipFrames : inputs.opening.count + (clipFrames + 3) / perLatent * perLatent
      return whole <= longestFrames ? whole : frames
    }
  }

  package let transformer: TransformerConfiguration
  package let autoencoder: AutoencoderConfiguration
  package let textEncoder: TextEncoder.Configuration
  package let scheduler: SchedulerConfiguration
  package let native: Native
  /// The vocabulary that prompts are rewritten by unless somebody says otherwise, a name in the
  /// folder `prompt`; nil where the model takes prompts as they are.
  package let promptEnhancement: String?
  /// Fields that nobody asked for, `transformer/config.json: name`.
  package let unknownFields: [String]

  /// - Throws: `CheckpointError`, `DiffusionError.parameter`, `DioramaError.components`.
  package init(_ directory: ModelDirectory) throws {
    var transformerConfig = try directory.config("transformer")
    var autoencoderConfig = try directory.config("vae")
    var textConfig = try directory.config("text_encoder")
    var schedulerConfig = try directory.config("scheduler")
    transformer = try TransformerConfiguration(&transformerConfig)
    autoencoder = try AutoencoderConfiguration(&autoencoderConfig)
    textEncoder = try TextEncoder.Configuration(&textConfig)
    scheduler = try SchedulerConfiguration(&schedulerConfig)
    native = try Native(directory)
    promptEnhancement = try Self.promptEnhancement(directory)
    unknownFields = [transformerConfig, autoencoderConfig, schedulerConfig].flatMap { config in
      let file = config.file.split(separator: "/").suffix(2).joined(separator: "/")
      return config.unknownFields.map { "\(file): \($0)" }
    }
    guard transformer.latentChannels == autoencoder.latentChannels else {
      throw DioramaError.components(
        "transformer", field: "latent_channels", found: transformer.latentChannels,
        other: "vae/config.json", expected: autoencoder.latentChannels)
    }
    guard transformer.textWidth == textEncoder.width else {
      throw DioramaError.components(
        "transformer", field: "text_width", found: transformer.textWidth,
        other: "text_encoder/config.json", expected: textEncoder.width)
    }
  }
}

extension ModelConfiguration {
  /// Reads `prompt_enhancement` of `model_index.json`.
  ///
  /// - Throws: `CheckpointError.config`.
  private static func promptEnhancement(
    _ directory: ModelDirectory
  ) throws(CheckpointError) -> String? {
    var index = ConfigReader(directory.index, file: "\(directory.path)/model_index.json")
    guard let name = try index.optionalField("prompt_enhancement", as: String.self) else {
      return nil
    }
    guard !name.isEmpty, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) else {
      throw index.error(
        "prompt_enhancement", found: "\"\(name)\"", expected: "a name of letters and digits")
    }
    return name
  }
}

extension ModelConfiguration.Native {
  /// Reads `native_width`, `native_height`, `native_frames`, `longest_frames` and
  /// `frames_per_second` of `model_index.json`.
  ///
  /// - Throws: `CheckpointError.config`.
  init(_ directory: ModelDirectory) throws(CheckpointError) {
    var index = ConfigReader(directory.index, file: "\(directory.path)/model_index.json")
    let multiple = AutoencoderConfiguration.pixels
    width = try index.field("native_width", default: 128, in: multiple...8192)
    height = try index.field("native_height", default: 128, in: multiple...8192)
    frames = try index.field("native_frames", default: 25, in: 1...4097)
    longestFrames = try index.field("longest_frames", default: max(289, frames), in: 1...4097)
    framesPerSecond = try index.field("frames_per_second", default: 24, in: 1...240)
    for (name, side) in [("native_width", width), ("native_height", height)]
    where side % multiple != 0 {
      throw index.error(name, found: "\(side)", expected: "a multiple of \(multiple)")
    }
    guard frames % AutoencoderConfiguration.framesPerLatent == 1 else {
      throw index.error("native_frames", found: "\(frames)", expected: "1 + 4k")
    }
    guard longestFrames % AutoencoderConfiguration.framesPerLatent == 1, longestFrames >= frames
    else {
      throw index.error(
        "longest_frames", found: "\(longestFrames)", expected: "1 + 4k, at least native_frames")
    }
  }
}
