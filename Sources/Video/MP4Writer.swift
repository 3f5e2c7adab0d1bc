import CLibAV
import Files

/// Writes an mp4 that plays everywhere: H.264 (High profile) in yuv420p, constant frame rate, closed
/// groups of pictures, BT.709 in limited range and tagged so, the index in front.
///
/// The encoder has the same number of threads everywhere, and no dates are written: equal frames give equal bytes.
package final class MP4Writer: FrameSink {
  /// x264's constant rate factor. At 12 a flat colour comes back within 3 of 255 levels up to the
  /// blur of the half-resolution chroma at its border; at 15 some are 4 levels off.
  package static let defaultQuality = 12
  /// x264's decisions depend on how many frames it works on at once, and on nothing else of its threads: two always,
  /// whatever the machine and the run have.
  private static let encoderThreads = 2
  /// H.264 level 5.2 and common decoders end here.
  package static let maximumSide = 4096

  package let path: String
  package let size: PictureSize
  package private(set) var frameCount = 0

  private let media: MediaFile
  private let conversion: ColorConversion
  private let source: Frame
  private let target: Frame

  /// Opens the encoder and the temporary file.
  ///
  /// - Parameters:
  ///   - framesPerSecond: the constant frame rate.
  ///   - comment: text for the `comment` tag, such as JSON that tells how the video was made.
  ///   - quality: x264's constant rate factor, 1 (best) to 51.
  /// - Throws: `VideoError.oddSize`, `.badSize`, `.encoderMissing`, before anything is written;
  ///   `.file`.
  package init(
    _ path: String, size: PictureSize, framesPerSecond: Int = 24, comment: String? = nil,
    quality: Int = MP4Writer.defaultQuality
  ) throws(VideoError) {
    precondition(framesPerSecond > 0 && (1...51).contains(quality))
    try Self.check(path, size: size)
    self.path = path
    self.size = size
    conversion = try ColorConversion(
      from: .rgb(AV_PIX_FMT_RGB24, matrix: .bt709), to: .limited709, size: size)
    source = try Frame(AV_PIX_FMT_RGB24, size: size)
    target = try Frame(AV_PIX_FMT_YUV420P, size: size)
    tagAsLimited709(&target.pointer.pointee)
    media = try MediaFile(
      path, muxer: "mp4", options: ["movflags": "+faststart"],
      metadata: comment.map { ["comment": $0] } ?? [:], frameRate: framesPerSecond
    ) { (needsGlobalHeader) throws(VideoError) in
      try Encoder(
        VideoLibrary.videoEncoder, path: path, size: size, format: AV_PIX_FMT_YUV420P,
        timeBase: framesPerSecond, threads: Self.encoderThreads,
        options: [
          "preset": "medium", "crf": String(quality),
          // Finer steps for the colours keep saturated areas within the tolerance at few bytes;
          // without the second, x264 may choose other algorithms on another processor.
          "x264-params": "chroma-qp-offset=-6:cpu-independent=1",
        ]
      ) { context in
        context.framerate = AVRational(num: Int32(framesPerSecond), den: 1)
        context.gop_size = Int32(2 * framesPerSecond)  // a player can jump to every second second
        context.color_range = AVCOL_RANGE_MPEG
        context.color_primaries = AVCOL_PRI_BT709
        context.color_trc = AVCOL_TRC_BT709
        context.colorspace = AVCOL_SPC_BT709
        context.chroma_sample_location = AVCHROMA_LOC_LEFT
        context.flags |= Int32(bitPattern: AV_CODEC_FLAG_CLOSED_GOP)
        if needsGlobalHeader { context.flags |= Int32(AV_CODEC_FLAG_GLOBAL_HEADER) }
      }
    }
  }

  /// Checks, without touching the disk, that an mp4 of this size can be written.
  package static func check(_ path: String, size: PictureSize) throws(VideoError) {
    guard (1...maximumSide).contains(size.width), (1...maximumSide).contains(size.height) else {
      throw .badSize(path: path, size: size, limit: maximumSide)
    }
    guard size.width % 2 == 0, size.height % 2 == 0 else {
      throw .oddSize(path: path, size: size)
    }
    guard VideoLibrary.hasEncoder(VideoLibrary.videoEncoder) else {
      throw .encoderMissing(name: VideoLibrary.videoEncoder)
    }
  }

  package func append(_ picture: Picture) throws(VideoError) {
    try media.append(picture, size: size) { () throws(VideoError) in
      try source.fill(with: picture)
      try target.prepareForWriting()
      try conversion.convert(source, into: target)
      target.pointer.pointee.pts = Int64(frameCount)
      return target
    }
    frameCount += 1
  }

  package func finish() throws(VideoError) { try media.finish(frameCount: frameCount) }

  package func cancel() { media.discard() }
}

private func tagAsLimited709(_ frame: inout AVFrame) {
  frame.color_range = AVCOL_RANGE_MPEG
  frame.color_primaries = AVCOL_PRI_BT709
  frame.color_trc = AVCOL_TRC_BT709
  frame.colorspace = AVCOL_SPC_BT709
  frame.chroma_location = AVCHROMA_LOC_LEFT
}
