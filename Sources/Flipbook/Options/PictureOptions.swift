import Checkpoint

extension GenerationRequest {
  /// The options that name pictures and videos to make a video from.
  static let pictureOptions: [Option<GenerationRequest>] = [
    Option(
      "first-frame", .path("IMG"),
      "the picture that the video begins with: PNG, JPEG, WebP, or a frame, clip.mp4#12"
    ) { (text, request) throws(FlipbookError) in
      request.firstFrame = try OptionValue.path(text, "first-frame")
    }.recorded { $0.firstFrame.map { .string($0) } },
    Option(
      "shot-frames", .text("N=IMG,…"), "the pictures that later shots begin with: 2=b.png,3=c.png"
    ) { (text, request) throws(FlipbookError) in
      request.shotFrames = try ShotPictures.parse(text, "shot-frames")
    }.recorded { $0.shotFrames.isEmpty ? nil : .string(ShotPictures.text($0.shotFrames)) },
    Option("last-frame", .path("IMG"), "the picture that it ends with") {
      (text, request) throws(FlipbookError) in
      request.lastFrame = try OptionValue.path(text, "last-frame")
    }.recorded { $0.lastFrame.map { .string($0) } },
    Option(
      "last-frame-until", .text("X"), "the share of the steps in which the last frame counts",
      default: "1"
    ) { (text, request) throws(FlipbookError) in
      request.lastFrameUntil = try OptionValue.number(text, "last-frame-until", in: 0...1)
    }.recorded { $0.lastFrameUntil.map { .number($0) } },
    Option(
      "video", .path("FILE"), "a video to go on from, or, beside --strength, to draw anew"
    ) { (text, request) throws(FlipbookError) in
      request.video = try OptionValue.path(text, "video")
    }.recorded { $0.video.map { .string($0) } },
    Option(
      "strength", .text("X"),
      "how much of --video is drawn anew: 0 nothing, 1 everything"
    ) { (text, request) throws(FlipbookError) in
      request.strength = try OptionValue.number(text, "strength", in: 0...1)
    }.recorded { $0.strength.map { .number($0) } },
    Option("keep-video", .flag, "puts --video before what goes on from it") {
      (text, request) throws(FlipbookError) in
      request.keepsVideo = try OptionValue.flag(text, "keep-video")
    }.recorded { $0.keepsVideo ? .bool(true) : nil },
  ]
}
