import Diorama
import Video

/// The pictures and the video of a request, read and checked.
struct RequestInputs {
  let first: PictureInput?
  let last: PictureInput?
  let video: VideoInput?
  /// Of later shots, by their number, 2 and up.
  let shots: [(shot: Int, input: PictureInput)]

  /// - Parameter openingFrames: how many frames of a video are looked at to go on with it.
  /// - Throws: `FlipbookError.input` for the first that is not taken.
  init(_ request: GenerationRequest, openingFrames: Int) throws(FlipbookError) {
    first = try request.firstFrame.map { (name) throws(FlipbookError) in
      try PictureInput(option: "first-frame", name)
    }
    last = try request.lastFrame.map { (name) throws(FlipbookError) in
      try PictureInput(option: "last-frame", name)
    }
    var shots: [(shot: Int, input: PictureInput)] = []
    for (shot, name) in request.shotFrames.sorted(by: { $0.key < $1.key }) {
      shots.append((shot, try PictureInput(option: "shot-frames \(shot)", name)))
    }
    self.shots = shots
    video = try request.video.map { (path) throws(FlipbookError) in
      try VideoInput(path, tailCount: request.strength == nil ? openingFrames : 1)
    }
  }

  /// What the video was made from.
  var files: [InputFile] {
    [first?.file, last?.file, video?.file].compactMap(\.self) + shots.map(\.input.file)
  }

  /// What decides about the ratio, with its name.
  private var leading: (name: String, size: PictureSize)? {
    if let first { return (first.file.path, first.picture.size) }
    if let video { return (video.file.path, video.size) }
    return (last ?? shots.first?.input).map { ($0.file.path, $0.picture.size) }
  }

  /// The pictures, in the order of their options.
  private var pictures: [PictureInput] {
    [first, last].compactMap(\.self) + shots.map(\.input)
  }

  /// The size that a request asks for: its own, or the nearest of the six ratios to the picture's.
  ///
  /// - Throws: `FlipbookError.option` for a size that is none, and for `--ratio adaptive` without a
  ///   picture.
  func size(
    _ request: GenerationRequest, native: FrameSize
  ) throws(FlipbookError) -> FrameSize {
    guard request.isAdaptive(hasPicture: leading != nil), let leading else {
      if request.ratioIsAdaptive {
        throw .option(
          name: "ratio", found: "adaptive", expected: "a picture or a video beside it",
          advice: "name one with --first-frame, --last-frame or --video, or take a ratio")
      }
      return try request.frameSize(native: native)
    }
    return AspectRatio.nearest(
      width: leading.size.width, height: leading.size.height,
      in: request.resolution ?? .base
    ).size
  }

  /// What happened to the pictures on their way into the size, one sentence each.
  func notes(_ size: FrameSize) -> [String] {
    let target = PictureSize(width: size.width, height: size.height)
    let found =
      pictures.map { ($0.file.path, $0.picture.size) }
      + (video.map { [($0.file.path, $0.size)] } ?? [])
    let fits: [String] = found.compactMap { path, found in
      guard found != target else { return nil }
      let fit = PictureFit(found, to: target)
      let cut =
        fit.kept == found
        ? "" : ", of which the middle \(fit.kept) is taken"
      return "\(path) is \(found)\(cut), and becomes \(size)"
    }
    return pictures.flatMap(\.notes) + (video?.notes ?? []) + fits
  }

  /// How many frames the result has.
  ///
  /// - Throws: `FlipbookError.option` for a length that is none, or longer than the video.
  func frameCount(
    _ request: GenerationRequest, native: Int
  ) throws(FlipbookError) -> Int {
    let asked = try request.askedLength.frameCount(native: native)
    guard let video, request.strength != nil else { return asked }
    let longest = min(
      1 + (video.frameCount - 1) / 4 * 4, ClipLength.frameLimits.upperBound)
    if request.askedLength == .native { return longest }
    guard asked <= longest else {
      throw .option(
        name: "frames", found: "\(asked)", expected: "at most the \(longest) of the video",
        advice: "\(video.file.path) has \(video.frameCount) frames at 24 a second")
    }
    return asked
  }

  /// Everything in the pipeline's terms.
  ///
  /// - Throws: `VideoError` where a picture cannot be brought into the size.
  func clip(_ request: GenerationRequest, _ size: FrameSize) throws -> ClipInputs {
    let target = PictureSize(width: size.width, height: size.height)
    var inputs = ClipInputs()
    if let first { inputs.opening = [try first.picture.fitted(to: target)] }
    for (shot, input) in shots {
      inputs.shotOpenings[shot - 1] = try input.picture.fitted(to: target)
    }
    inputs.last = try last?.picture.fitted(to: target)
    inputs.lastUntil = request.lastFrameUntil ?? 1
    guard let video else { return inputs }
    if let strength = request.strength {
      let file = video
      inputs.source = { try file.frames(in: target) }
      inputs.strength = strength
    } else {
      inputs.opening = try video.opening.map { try $0.fitted(to: target) }
      inputs.showsOpening = false
    }
    return inputs
  }
}
