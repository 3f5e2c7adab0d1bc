import Files
import Video

/// What can be known about the outputs before the first step: that they can be written, and that
/// there is room for them.
enum Preflight {
  /// Checks every file that a request will write.
  ///
  /// - Throws: `FlipbookError` with the path: directory missing, read-only, a device in the place,
  ///   a full disk, a format that cannot be written.
  static func check(_ request: GenerationRequest, _ plan: GenerationPlan) throws(FlipbookError) {
    do {
      if let output = request.output { try check(output: output, plan) }
      if let preview = request.preview {
        try checkOutputFile(preview, byteCount: plan.size.width * plan.size.height * 3)
      }
      if let latents = request.saveLatents {
        try checkOutputFile(latents, byteCount: latentByteCount(plan))
      }
    } catch { throw FlipbookError(wrapping: error) }
  }

  private static func check(output: String, _ plan: GenerationPlan) throws {
    let size = PictureSize(width: plan.size.width, height: plan.size.height)
    try OutputFormat.check(output, size: size, frameCount: plan.frames)
    let bytes = outputByteCount(try OutputFormat(path: output), plan)
    if try OutputFormat(path: output) == .folder {
      try checkOutputDirectory(output, byteCount: bytes)
    } else {
      try checkOutputFile(output, byteCount: bytes)
    }
  }

  /// What the result will take on the disk, on the safe side: bytes a pixel as seen on noisy clips.
  static func outputByteCount(_ format: OutputFormat, _ plan: GenerationPlan) -> Int {
    let pixels = plan.size.width * plan.size.height * plan.frames
    return switch format {
    case .mp4: pixels / 4 + 16_384
    case .gif: pixels + 16_384
    case .png, .folder: pixels * 3 + 4096 * plan.frames
    }
  }

  /// Latents and what a multistep solver remembers: three tensors at most.
  private static func latentByteCount(_ plan: GenerationPlan) -> Int {
    3 * 4 * plan.latentGrid.reduce(plan.latentChannels, *) + 65_536
  }
}
