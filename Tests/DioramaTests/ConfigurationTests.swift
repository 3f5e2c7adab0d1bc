import Checkpoint
import Layers
import Testing
import Text

@testable import Diorama

@Suite struct ConfigurationTests {
  @Test(
    arguments: [
      ("heads", 3), ("heads", 4), ("rope_axes", [8, 4, 2]),
      ("rope_axes", [7, 5, 4]), ("rope_axes", [8, 8]), ("window", [0, 3]), ("window", 3),
      ("attention", "sparse"), ("time_width", 15), ("pairs", 0), ("width", "wide"),
    ] as [(String, JSONValue)])
  func transformerFieldsAreChecked(field: String, value: JSONValue) throws {
    var config = try Fixture.config("transformer", changing: [field: value])
    #expect {
      try TransformerConfiguration(&config)
    } throws: { error in
      guard case CheckpointError.config(_, field, _, _) = error else { return false }
      return true
    }
  }

  @Test(
    arguments: [
      ("coefficients_std", [1, 2]), ("latents_std", [1, 0, 1, 1]),
      ("latents_mean", [1]), ("encoder_channels", [8, 9, 12]), ("decoder_channels", [8, 8]),
      ("decoder_blocks", [1, -1, 1]), ("latent_channels", "many"),
    ] as [(String, JSONValue)])
  func autoencoderFieldsAreChecked(field: String, value: JSONValue) throws {
    var config = try Fixture.config("vae", changing: [field: value])
    #expect {
      try AutoencoderConfiguration(&config)
    } throws: { error in
      guard case CheckpointError.config(_, field, _, _) = error else { return false }
      return true
    }
  }

  @Test(
    arguments: [
      ("guidance_interval", [0.5]), ("guidance_interval", [0.8, 0.2]),
      ("guidance_given_above", 1.5),
      ("solver", "rk4"), ("num_inference_steps", 0), ("base_shift", 0),
    ] as [(String, JSONValue)])
  func schedulerFieldsAreChecked(field: String, value: JSONValue) throws {
    var object = JSONObject()
    object[field] = value
    var config = ConfigReader(object, file: "scheduler_config.json")
    #expect {
      try SchedulerConfiguration(&config)
    } throws: { error in
      guard case CheckpointError.config(_, field, _, _) = error else { return false }
      return true
    }
  }

  @Test(
    arguments: [
      ([nil, nil], 7, [4, 3]), ([nil, nil, nil], 7, [3, 2, 2]), ([nil], 1, [1]),
      // 0.5 s are 12 frames: 3 latents, or, for the first shot, 13 frames in 4.
      ([0.5, nil], 7, [4, 3]), ([nil, 0.5], 7, [4, 3]), ([nil, 0.5, nil], 7, [2, 3, 2]),
      // All given: 0.5 + 0.5 s in a clip of 25 frames.
      ([0.5, 0.5], 7, [4, 3]), ([0.4, 0.6], 7, [3, 4]), ([0.042, nil], 7, [1, 6]),
    ] as [([Double?], Int, [Int])])
  func framesOfShots(seconds: [Double?], latentFrames: Int, expected: [Int]) throws {
    let shots = seconds.map { ShotPrompt.Shot(text: "a", seconds: $0) }
    let frames = try latentFramesOfShots(
      shots, latentFrames: latentFrames, framesPerSecond: 24)
    #expect(frames == expected)
  }

  @Test(arguments: [[2, nil], [2, 2], [0.2, 0.2], [nil, 1.5]] as [[Double?]])
  func lengthsThatDoNotFit(seconds: [Double?]) {
    let shots = seconds.map { ShotPrompt.Shot(text: "a", seconds: $0) }
    #expect {
      try latentFramesOfShots(shots, latentFrames: 7, framesPerSecond: 24)
    } throws: { error in
      guard case DioramaError.shotLengths = error else { return false }
      return true
    }
  }

  /// A latent frame is four frames, but for the first one of the clip, which is one.
  @Test(
    arguments: [([0.01, nil], 1), ([nil, 0.1], 2), ([1, 0.5, 0.16], 3)] as [([Double?], Int)])
  func shotsShorterThanALatentFrame(seconds: [Double?], shot: Int) {
    let shots = seconds.map { ShotPrompt.Shot(text: "a", seconds: $0) }
    #expect {
      try latentFramesOfShots(shots, latentFrames: 20, framesPerSecond: 24)
    } throws: { error in
      guard case DioramaError.shotTooShort(shot, _, _) = error else { return false }
      return true
    }
  }

  /// Shots of whole seconds make a clip of their sum, and the one frame that it begins with.
  @Test(arguments: 1...6)
  func latentFramesOfAllShots(count: Int) throws {
    let shots = (1...count).map { ShotPrompt.Shot(text: "a", seconds: Double($0)) }
    let total = try #require(try latentFrames(ofShots: shots, framesPerSecond: 24))
    #expect(total == 1 + 6 * (1...count).reduce(0, +))
    #expect(
      try latentFramesOfShots(shots, latentFrames: total, framesPerSecond: 24)
        == (1...count).map { 6 * $0 + ($0 == 1 ? 1 : 0) })
    let open = shots + [ShotPrompt.Shot(text: "a")]
    #expect(try latentFrames(ofShots: open, framesPerSecond: 24) == nil)
  }

  @Test func windowsTileASide() {
    #expect(TokenLayout.windowBounds(5, window: 8, shifted: true) == [0..<5])
    #expect(TokenLayout.windowBounds(5, window: 2, shifted: false) == [0..<2, 2..<4, 4..<5])
    #expect(TokenLayout.windowBounds(5, window: 3, shifted: true) == [0..<2, 2..<5])
    #expect(TokenLayout.windowBounds(8, window: 4, shifted: true) == [0..<2, 2..<6, 6..<8])
  }

  /// Text 2 and 1, two frames and one of 1×2: rows 0 … 2 are text, 3 … 8 pictures.
  @Test func spatialPatternOfTwoShots() throws {
    let layout = try TokenLayout(
      textLengths: [2, 1], shotFrames: [2, 1], grid: LatentGrid(frames: 3, rows: 1, columns: 2),
      configuration: try Fixture.transformerConfiguration())
    #expect(
      layout.spatialPattern.groups == [
        AttentionPattern.Group(queries: [3..<5], keys: [0..<2, 3..<5]),
        AttentionPattern.Group(queries: [5..<7], keys: [0..<2, 5..<7]),
        AttentionPattern.Group(queries: [0..<2], keys: [0..<2, 3..<7]),
        AttentionPattern.Group(queries: [7..<9], keys: [2..<3, 7..<9]),
        AttentionPattern.Group(queries: [2..<3], keys: [2..<3, 7..<9]),
      ])
  }
}
