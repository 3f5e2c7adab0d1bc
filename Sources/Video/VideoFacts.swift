import CLibAV

/// What a video says of itself.
package struct VideoFacts: Sendable, Equatable {
  /// Of the container, in libavformat's words: `mov,mp4,m4a,3gp,3g2,mj2`.
  package let container: String
  /// libavcodec's name, such as `h264`.
  package let codec: String
  /// As it is shown.
  package let size: PictureSize
  /// Frames in a second, as a fraction.
  package let frameRate: (numerator: Int, denominator: Int)
  /// From the index; nil where the container has none.
  package let frameCount: Int?
  /// In seconds; nil where the container does not say.
  package let duration: Double?
  /// Such as `yuv420p`.
  package let pixelFormat: String
  /// ffmpeg's names of the tags: `tv`, `bt709`, `bt709`, `bt709`; `unknown` where there is none.
  package let colorRange: String
  package let colorPrimaries: String
  package let colorTransfer: String
  package let colorMatrix: String
  /// The `comment` tag.
  package let comment: String?

  init(
    _ context: AVFormatContext, _ track: AVStream, _ parameters: AVCodecParameters,
    _ display: DisplayMatrix
  ) {
    container = String(cString: context.iformat.pointee.name)
    codec = String(cString: avcodec_get_name(parameters.codec_id))
    size = display.applied(
      to: PictureSize(width: Int(parameters.width), height: Int(parameters.height)))
    let rate = track.avg_frame_rate.num > 0 ? track.avg_frame_rate : track.r_frame_rate
    frameRate = (Int(rate.num), Int(rate.den))
    frameCount = track.nb_frames > 0 ? Int(track.nb_frames) : nil
    duration =
      context.duration == CLIBAV_NOPTS_VALUE
      ? nil : Double(context.duration) / Double(AV_TIME_BASE)
    pixelFormat = name(AVPixelFormat(parameters.format))
    colorRange = word(av_color_range_name(parameters.color_range))
    colorPrimaries = word(av_color_primaries_name(parameters.color_primaries))
    colorTransfer = word(av_color_transfer_name(parameters.color_trc))
    colorMatrix = word(av_color_space_name(parameters.color_space))
    comment = av_dict_get(context.metadata, "comment", nil, 0)
      .map { String(cString: $0.pointee.value) }
  }

  package static func == (a: VideoFacts, b: VideoFacts) -> Bool {
    a.container == b.container && a.codec == b.codec && a.size == b.size
      && a.frameRate == b.frameRate && a.frameCount == b.frameCount && a.duration == b.duration
      && a.pixelFormat == b.pixelFormat && a.colorRange == b.colorRange
      && a.colorPrimaries == b.colorPrimaries && a.colorTransfer == b.colorTransfer
      && a.colorMatrix == b.colorMatrix && a.comment == b.comment
  }
}

private func word(_ name: UnsafePointer<CChar>?) -> String {
  name.map { String(cString: $0) } ?? "unknown"
}
