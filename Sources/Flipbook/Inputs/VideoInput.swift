import Video

/// A video that is gone on with or drawn anew.
struct VideoInput {
  let file: InputFile
  let size: PictureSize
  /// Its frames at 24 a second.
  let frameCount: Int
  /// Its last frames at 24 a second, as many as were asked for or as there are.
  let tail: [Picture]
  let notes: [String]

  /// Reads a video through once.
  ///
  /// - Parameter tailCount: how many of its last frames are wanted.
  /// - Throws: `FlipbookError.input` where it cannot be read or is not taken.
  init(_ path: String, tailCount: Int) throws(FlipbookError) {
    let rate = ClipLength.framesPerSecond
    file = try InputFile(option: "video", reading: path)
    do {
      let facts = try VideoReader(path).facts
      let (pictures, total) = try VideoFrames.tail(
        of: path, count: tailCount, framesPerSecond: rate)
      (size, tail, frameCount) = (pictures[0].size, pictures, total)
      let found = Double(facts.frameRate.numerator) / Double(max(facts.frameRate.denominator, 1))
      notes =
        found > 0 && abs(found - Double(rate)) > 0.01
        ? ["\(path) has \(Quantity.decimals(found, 2)) frames a second: taken at \(rate)"] : []
    } catch .wrongFormat(let path, let expected, let found) {
      throw .input(name: "--video", problem: "\"\(path)\" is \(found), expected \(expected)")
    } catch { throw PictureInput.failure(error, name: "--video") }
    try PictureInput.check(size, name: "--video \(path)")
  }

  /// The longest end of it that is a clip: 1 + 4k frames.
  var opening: [Picture] { tail.suffix(1 + (tail.count - 1) / 4 * 4) }

  /// Opens it anew, frame by frame in another size.
  ///
  /// - Throws: `VideoError`.
  func frames(in size: PictureSize) throws -> () throws -> Picture? {
    let frames = try VideoFrames(file.path, framesPerSecond: ClipLength.framesPerSecond)
    return { try frames.next()?.fitted(to: size) }
  }
}
