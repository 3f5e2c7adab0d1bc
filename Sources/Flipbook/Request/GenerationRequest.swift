/// Everything that decides what a video shows. Two requests that are equal, seed included, make
/// equal files with the same model on the same instruction set.
///
/// Fields left at nil take the model's own value. Nothing here says how fast the video is made:
/// threads and progress belong to the generator.
public struct GenerationRequest: Sendable, Equatable {
  /// What the video shows. `[cut]` divides it into shots; lines with times (`0-2s: …`) change it
  /// without a cut.
  public var prompt: String
  /// What it should not show; guidance leads away from it.
  public var negativePrompt = ""
  /// Where the video goes: `.mp4`, `.gif`, `.png` for a single frame, or a folder for numbered PNG.
  /// Nil: `PROMPT-SEED.mp4`, or `.png`.
  public var output: String?

  /// Whether the prompt is rewritten before the model reads it; nil is as the model's card asks.
  public var enhance: Enhancement?
  /// Says in every shot that the camera stays still.
  public var cameraFixed = false
  /// The prompt as the model read it, where that is not `prompt`. The generator fills it in, and takes
  /// no notice of what stands here.
  public var caption: String?

  /// Width and height. Wins over `ratio`.
  public var size: FrameSize?
  /// A ratio, whose size stands in the row `resolution` of the table.
  public var ratio: AspectRatio?
  /// The ratio of the picture that the video is made from; so it is too where neither a size nor a
  /// ratio is given.
  public var ratioIsAdaptive = false
  /// The row of the size table.
  public var resolution: Resolution?
  /// How long the clip is.
  public var length = ClipLength.native

  /// The picture that the video begins with: a PNG, JPEG or WebP file, or a video's frame,
  /// `clip.mp4#12`.
  public var firstFrame: String?
  /// The pictures that later shots begin with, by the number of the shot, 2 and up.
  public var shotFrames: [Int: String] = [:]
  /// The picture that it ends with.
  public var lastFrame: String?
  /// The share of the steps in which the last frame counts, 0 … 1; nil is all of them.
  public var lastFrameUntil: Double?
  /// A video to go on from, or, where `strength` is given, to draw anew.
  public var video: String?
  /// How much of `video` is drawn anew: 0 nothing, 1 everything.
  public var strength: Double?
  /// Puts `video` before what goes on from it.
  public var keepsVideo = false

  /// Steps from noise to video.
  public var steps: Int?
  /// How strongly the prompt leads; 1 is without guidance.
  public var guidanceScale: Double?
  /// How far the guided velocity is brought back to the spread of the unguided one, 0 … 1.
  public var guidanceRescale: Double?
  /// The sigmas in which guidance works, within 0 … 1.
  public var guidanceInterval: ClosedRange<Double>?
  /// The sigma above which guidance leads towards given frames too, 0 … 1; 1 is never.
  public var guidanceGivenAbove: Double?
  /// Starts from the projection of the conditional velocity, and from rest (CFG-Zero*).
  public var zeroStar: Bool?
  /// How the flow is integrated.
  public var solver: Solver?
  /// How far the steps are drawn towards noise; nil grows with the number of tokens.
  public var shift: Double?
  /// Where the noise begins. Nil draws one, which the events and the file then tell.
  public var seed: UInt64?

  /// Draws a mark into a corner of every frame that says that it was generated.
  public var watermark: Bool?
  /// Variations of this request, which the video shows side by side.
  public var comparison: Comparison?

  /// An animated GIF of the same frames, beside the result.
  public var gif: String?
  /// A PNG of the frames in a grid, with their times.
  public var contactSheet: String?
  /// A PNG that is replaced after each step with a look at the first frame.
  public var preview: String?
  /// Where the latents go at the end, or when the run is interrupted.
  public var saveLatents: String?
  /// Latents to go on from, as `saveLatents` wrote them.
  public var fromLatents: String?

  /// Every file that a request may name for writing.
  static var files: [WritableKeyPath<GenerationRequest, String?>] {
    [\.output, \.gif, \.contactSheet, \.saveLatents, \.preview]
  }

  /// A request that leaves everything but the prompt to the model.
  public init(prompt: String) { self.prompt = prompt }
}
