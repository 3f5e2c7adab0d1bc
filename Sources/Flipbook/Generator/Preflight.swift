import Files
import Video

/// What can be known about the outputs before the first step: that they can be written, and that
/// there is room for them.
enum Preflight {
  /// Checks every file that a job will write.
  ///
  /// - Throws: `FlipbookError` with the path: directory missing, read-only, a device in the place,
  ///   a full disk, a format that cannot be written.
  static func check(_ job: GenerationJob) throws(FlipbookError) {
    let (request, plan) = (job.request, job.plan)
    do {
      for output in [request.output, request.gif].compactMap(\.self) {
        try check(output: output, job)
      }
      // A sheet has at most 25 frames, each with a little room around it.
      if let sheet = request.contactSheet {
        try checkOutputFile(sheet, byteCount: min(plan.frames, 25) * job.pictureSize.pixelCount * 3)
      }
      if let preview = request.preview {
        try checkOutputFile(preview, byteCount: plan.size.width * plan.size.height * 3)
      }
      if let latents = request.saveLatents {
        try checkOutputFile(latents, byteCount: latentByteCount(plan))
      }
    } catch { throw FlipbookError(wrapping: error) }
  }

  private static func check(output: String, _ job: GenerationJob) throws {
    try OutputFormat.check(output, size: job.pictureSize, frameCount: job.plan.frames)
    let bytes = outputByteCount(try OutputFormat(path: output), job)
    if try OutputFormat(path: output) == .folder {
      try checkOutputDirectory(output, byteCount: bytes)
    } else {
      try checkOutputFile(output, byteCount: bytes)
    }
  }

  /// What the result will take on the disk, on the safe side: bytes a pixel as seen on noisy clips.
  static func outputByteCount(_ format: OutputFormat, _ job: GenerationJob) -> Int {
    let pixels = job.pictureSize.pixelCount * job.plan.frames
    return switch format {
    case .mp4: pixels / 4 + 16_384
    case .gif: pixels + 16_384
    case .png, .folder: pixels * 3 + 4096 * job.plan.frames
    }
  }

  /// Latents and what a multistep solver remembers: three tensors at most.
  private static func latentByteCount(_ plan: GenerationPlan) -> Int {
    3 * 4 * plan.latentGrid.reduce(plan.latentChannels, *) + 65_536
  }
}
