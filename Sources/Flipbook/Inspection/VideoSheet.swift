import Files
import Video

/// A contact sheet of a video that is there already.
package enum VideoSheet {
  /// Reads a video and writes its sheet. The title is the prompt and the seed where the video carries
  /// them, and its file name where it does not.
  ///
  /// - Parameters:
  ///   - video: mp4, QuickTime, Matroska, WebM or GIF.
  ///   - output: a PNG.
  ///   - cancellation: ends the reading.
  /// - Throws: `FlipbookError.input` where the video is missing, damaged or none, `.file`.
  package static func write(
    of video: String, to output: String, cancellation: Cancellation
  ) throws(FlipbookError) {
    let inspection = try VideoInspection(path: video)
    do {
      try checkOutputFile(output)
      let facts = try VideoReader(video).facts
      // Some containers do not say how many frames they hold.
      let count = try facts.frameCount ?? frameCount(video, cancellation)
      let rate = Double(facts.frameRate.numerator) / Double(max(facts.frameRate.denominator, 1))
      let request = inspection.metadata?.request
      let title =
        request.map { DrawableText.title(prompt: $0.prompt, seed: $0.seed) }
        ?? DrawableText.ascii(splitPath(video).name)
      let writer = try ContactSheetWriter(
        output, title: title, frameCount: max(count, 1), size: facts.size,
        framesPerSecond: rate > 0 ? rate : Double(ClipLength.framesPerSecond))
      let reader = try VideoReader(video)
      while let picture = try reader.next() {
        try cancellation.check()
        try writer.append(picture)
      }
      try writer.finish()
    } catch { throw FlipbookError(wrapping: error) }
  }

  private static func frameCount(_ video: String, _ cancellation: Cancellation) throws -> Int {
    let reader = try VideoReader(video)
    var count = 0
    while try reader.next() != nil {
      try cancellation.check()
      count += 1
    }
    return count
  }
}
