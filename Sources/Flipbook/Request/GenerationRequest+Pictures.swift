import Foundation

extension GenerationRequest {
  /// Whether the size follows a picture.
  func isAdaptive(hasPicture: Bool) -> Bool {
    hasPicture && (ratioIsAdaptive || (size == nil && ratio == nil))
  }

  /// The length that the options or the times in the prompt ask for.
  var askedLength: ClipLength {
    guard length == .native, let timed = try? TimedPrompt(prompt) else { return length }
    return .seconds(timed.seconds)
  }

  /// Checks what options about pictures and videos say, alone and beside each other, without a look
  /// at the files.
  ///
  /// - Throws: `FlipbookError.option` or `.usage`.
  func validatePictures() throws(FlipbookError) {
    for (name, value) in [("strength", strength), ("last-frame-until", lastFrameUntil)] {
      guard let value, !(0...1).contains(value) else { continue }
      throw .option(name: name, found: "\(value)", expected: "0 to 1")
    }
    if strength != nil && video == nil {
      throw .usage(
        problem: "--strength says how much of a video is drawn anew, and there is none",
        advice: "name one with --video")
    }
    if lastFrameUntil != nil && lastFrame == nil {
      throw .usage(
        problem: "--last-frame-until says how long the last frame counts, and there is none",
        advice: "name one with --last-frame")
    }
    if video != nil && firstFrame != nil {
      throw .usage(
        problem: "--video and --first-frame both say how the video begins",
        advice: "keep one of them")
    }
    if video != nil && !shotFrames.isEmpty {
      throw .usage(
        problem: "--video and --shot-frames do not go together",
        advice: "leave one of them away")
    }
    if strength != nil && lastFrame != nil {
      throw .usage(
        problem: "a video that is drawn anew has its own last frame",
        advice: "leave --last-frame away, or --strength to go on from the video's end")
    }
    if keepsVideo && (video == nil || strength != nil) {
      throw .usage(
        problem: "--keep-video puts the video before what goes on from it",
        advice: video == nil ? "name one with --video" : "leave --strength away")
    }
    if strength == 0 && (saveLatents != nil || fromLatents != nil) {
      throw .usage(
        problem: "--strength 0 takes no step, and there are no latents between steps",
        advice: "leave --save-latents and --from-latents away")
    }
    if length.isOnePicture && (firstFrame != nil || lastFrame != nil) {
      throw .option(
        name: "frames", found: "1", expected: "more than the frames that are given",
        advice: "a single picture comes from the prompt alone")
    }
  }

  /// Checks a prompt with times against the length.
  ///
  /// - Throws: `FlipbookError.input` or `.option`.
  func validateTimes() throws(FlipbookError) {
    guard let timed = try TimedPrompt(prompt) else { return }
    let end = try ClipLength.seconds(timed.seconds).frameCount(native: 1)
    let asked = try askedLength.frameCount(native: end)
    guard asked == end else {
      throw .option(
        name: "frames", found: "\(asked)", expected: "\(end), as the prompt's times say",
        advice: "leave --frames and --duration away")
    }
  }
}

extension ClipLength {
  /// Whether a length is that of a single picture, whatever the model.
  var isOnePicture: Bool { self == .frames(1) || self == .seconds(0) }
}

extension AspectRatio {
  /// The ratio whose size in a row of the table is nearest in shape.
  static func nearest(
    width: Int, height: Int, in resolution: Resolution
  ) -> (ratio: AspectRatio, size: FrameSize) {
    let wanted = log(Double(width) / Double(height))
    let all = allCases.map { (ratio: $0, size: resolution.size($0)) }
    let distance = { (size: FrameSize) in
      abs(log(Double(size.width) / Double(size.height)) - wanted)
    }
    return all.min { distance($0.size) < distance($1.size) } ?? (.square, resolution.size(.square))
  }
}
