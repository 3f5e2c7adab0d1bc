import Video

/// Where the frames of a run go: the result, and what was asked for beside it. All files appear at
/// the end, the result as the last.
final class GenerationOutputs {
  /// Frames so far.
  private(set) var frameCount = 0

  private let job: GenerationJob
  /// Read when it is wanted, since the model's digest may still be on its way.
  private let comment: () throws -> String
  private let watermark: Watermark?
  private var sinks: [any FrameSink] = []

  init(_ job: GenerationJob, comment: @escaping () throws -> String) {
    self.job = job
    self.comment = comment
    watermark = job.request.watermark == true ? Watermark(size: job.pictureSize) : nil
  }

  deinit { cancel() }

  /// Takes the next frame. With the first one the files are opened: until then nothing of them is on
  /// the disk.
  func append(_ picture: Picture) throws {
    if frameCount == 0 { try open() }
    var picture = picture
    watermark?.draw(on: &picture)
    for sink in sinks { try sink.append(picture) }
    frameCount += 1
  }

  private func open() throws {
    let size = job.pictureSize
    let comment = try comment()
    sinks.append(try OutputFormat.open(job.request.output ?? "", size: size, comment: comment))
    if let path = job.request.gif {
      sinks.append(try GIFWriter(path, size: size, comment: comment))
    }
    if let path = job.request.contactSheet {
      let title = DrawableText.title(prompt: job.request.prompt, seed: job.request.seed)
      sinks.append(
        try ContactSheetWriter(path, title: title, frameCount: job.plan.frames, size: size))
    }
  }

  /// Makes all files appear.
  func finish() throws {
    for sink in sinks.reversed() { try sink.finish() }
  }

  /// Gives up whatever has not appeared.
  func cancel() {
    for sink in sinks { sink.cancel() }
  }
}
