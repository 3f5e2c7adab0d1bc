import Checkpoint

extension GenerationRequest {
  /// The options that decide what a video shows, in the order of the help text. The command line
  /// adds those that say how it is made.
  package static let options = samplingOptions + pictureOptions

  private static let samplingOptions: [Option<GenerationRequest>] = [
    Option(
      "output", short: "o", .path("FILE"),
      "the result: .mp4 (H.264), .gif, .png (one frame), or a folder for numbered PNG",
      default: "PROMPT-SEED.mp4"
    ) { (text, request) throws(FlipbookError) in
      request.output = try OptionValue.path(text, "output")
    },
    Option(
      "negative-prompt", .text("TEXT"), "what the video should not show", default: "nothing"
    ) { (text, request) throws(FlipbookError) in request.negativePrompt = text }.recorded {
      $0.negativePrompt.isEmpty ? nil : .string($0.negativePrompt)
    },
    Option(
      "enhance", .choice(Enhancement.allCases.map(\.rawValue)),
      "rewrites the prompt, English or Chinese, as the model's captions read",
      default: "as the model's card asks"
    ) { (text, request) throws(FlipbookError) in
      request.enhance = try OptionValue.choice(text, "enhance")
    }.recorded { $0.enhance.map { .string($0.rawValue) } },
    Option("camera-fixed", .flag, "tells the model that the camera stays still", default: "off") {
      (text, request) throws(FlipbookError) in
      request.cameraFixed = try OptionValue.flag(text, "camera-fixed")
    }.recorded { $0.cameraFixed ? true : nil },
    Option(
      "size", .text("WxH"), "width and height, multiples of 16", default: "the model's own",
      excludes: ["ratio", "resolution"]
    ) { (text, request) throws(FlipbookError) in
      request.size = try OptionValue.size(text, "size")
      request.ratio = nil
      request.ratioIsAdaptive = false
      request.resolution = nil
    }.recorded { $0.size.map { .string($0.description) } },
    Option(
      "ratio", .choice(AspectRatio.allCases.map(\.rawValue) + [AspectRatio.adaptive]),
      "instead of --size: a ratio; adaptive: the nearest to the picture's",
      default: "adaptive with a picture, else the model's own"
    ) { (text, request) throws(FlipbookError) in
      request.ratioIsAdaptive = text == AspectRatio.adaptive
      request.ratio = request.ratioIsAdaptive ? nil : try OptionValue.choice(text, "ratio")
      request.size = nil
    },
    Option(
      "resolution", .choice(Resolution.allCases.map(\.rawValue)),
      "beside --ratio: the row of the size table", default: "base"
    ) { (text, request) throws(FlipbookError) in
      request.resolution = try OptionValue.choice(text, "resolution")
      request.size = nil
    },
    Option(
      "frames", .text("N"), "length in frames, 1 + 4k; 1 is a picture", default: "the model's own",
      excludes: ["duration"]
    ) { (text, request) throws(FlipbookError) in
      let count = try OptionValue.integer(text, "frames", in: ClipLength.frameLimits)
      request.length = .frames(try ClipLength.frames(count).frameCount(native: count))
    }.recorded { if case .frames(let count) = $0.length { JSONValue(count) } else { nil } },
    Option(
      "duration", .text("S"), "instead of --frames: length in seconds, 24·S + 1 frames",
      default: "the model's own"
    ) { (text, request) throws(FlipbookError) in
      let seconds = try OptionValue.number(text, "duration", in: 0...ClipLength.longestSeconds)
      _ = try ClipLength.seconds(seconds).frameCount(native: 1)
      request.length = .seconds(seconds)
    },
    Option("fps", .choice(["24"]), "frames a second", default: "24") {
      (text, _) throws(FlipbookError) in
      guard text == String(ClipLength.framesPerSecond) else {
        throw .option(
          name: "fps", found: text, expected: "24",
          advice: "the model was trained on 24 frames a second and knows no other rate")
      }
    }.recorded { _ in 24 },
    Option(
      "steps", .text("N"), "steps from noise to video", default: "the model's own"
    ) { (text, request) throws(FlipbookError) in
      request.steps = try OptionValue.integer(text, "steps", in: stepLimits)
    }.recorded { $0.steps.map { JSONValue($0) } },
    Option(
      "guidance-scale", .text("G"), "how strongly the prompt leads; 1 is without guidance",
      default: "the model's own"
    ) { (text, request) throws(FlipbookError) in
      request.guidanceScale = try OptionValue.number(
        text, "guidance-scale", in: guidanceScaleLimits)
    }.recorded { $0.guidanceScale.map { .number($0) } },
    Option(
      "guidance-rescale", .text("R"), "brings guidance back to the unguided spread, 0 to 1",
      default: "the model's own"
    ) { (text, request) throws(FlipbookError) in
      request.guidanceRescale = try OptionValue.number(text, "guidance-rescale", in: 0...1)
    }.recorded { $0.guidanceRescale.map { .number($0) } },
    Option(
      "guidance-interval", .text("A,B"), "the sigmas in which guidance works, within 0,1",
      default: "the model's own"
    ) { (text, request) throws(FlipbookError) in
      request.guidanceInterval = try OptionValue.interval(text, "guidance-interval", in: 0...1)
    }.recorded { $0.guidanceInterval.map { .string("\($0.lowerBound),\($0.upperBound)") } },
    Option(
      "guidance-given-above", .text("S"),
      "above this sigma guidance leads towards given frames too; 1 is never",
      default: "the model's own"
    ) { (text, request) throws(FlipbookError) in
      request.guidanceGivenAbove = try OptionValue.number(text, "guidance-given-above", in: 0...1)
    }.recorded { $0.guidanceGivenAbove.map { .number($0) } },
    Option(
      "zero-star", .flag, "guidance with the CFG-Zero* projection", default: "off"
    ) {
      (text, request) throws(FlipbookError) in
      request.zeroStar = try OptionValue.flag(text, "zero-star")
    }.recorded { $0.zeroStar.map { .bool($0) } },
    Option(
      "solver", .choice(Solver.allCases.map(\.rawValue)), "how the flow is integrated",
      default: "the model's own"
    ) { (text, request) throws(FlipbookError) in
      request.solver = try OptionValue.choice(text, "solver")
    }.recorded { $0.solver.map { .string($0.rawValue) } },
    Option(
      "shift", .text("S"), "draws the steps towards noise", default: "from the number of tokens"
    ) { (text, request) throws(FlipbookError) in
      request.shift = try OptionValue.number(text, "shift", in: shiftLimits)
    }.recorded { $0.shift.map { .number($0) } },
    Option(
      "seed", .text("N"), "0 to 2^64-1; the same seed gives the same file",
      default: "drawn, and printed"
    ) { (text, request) throws(FlipbookError) in
      request.seed = try OptionValue.seed(text, "seed")
    }.recorded { $0.seed.map { JSONValue($0) } },
    Option(
      "watermark", .flag, "a visible mark in a corner that says that it was generated",
      default: "off"
    ) { (text, request) throws(FlipbookError) in
      request.watermark = try OptionValue.flag(text, "watermark")
    }.recorded { $0.watermark == true ? true : nil },
    Option(
      "compare", .text("A=…,B=…"),
      "variations side by side: seed=1,seed=2 or few=steps:8,many=steps:24+solver:heun"
    ) { (text, request) throws(FlipbookError) in
      request.comparison = try Comparison(parsing: text)
    }.recorded { $0.comparison.map { .string($0.text) } },
    Option("gif", .path("FILE.gif"), "an animated GIF as well") {
      (text, request) throws(FlipbookError) in
      request.gif = try OptionValue.path(text, "gif", endingIn: ".gif")
    },
    Option("contact-sheet", .path("FILE.png"), "the frames in a grid with their times as well") {
      (text, request) throws(FlipbookError) in
      request.contactSheet = try OptionValue.path(text, "contact-sheet", endingIn: ".png")
    },
    Option("preview", .path("FILE.png"), "a look at the first frame after each step") {
      (text, request) throws(FlipbookError) in
      request.preview = try OptionValue.path(text, "preview", endingIn: ".png")
    },
    Option("save-latents", .path("FILE"), "keeps the latents, also when interrupted") {
      (text, request) throws(FlipbookError) in
      request.saveLatents = try OptionValue.path(text, "save-latents")
    },
    Option("from-latents", .path("FILE"), "goes on from latents that --save-latents kept") {
      (text, request) throws(FlipbookError) in
      request.fromLatents = try OptionValue.path(text, "from-latents")
    },
  ]
}
