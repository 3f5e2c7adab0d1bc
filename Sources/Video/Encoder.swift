import CLibAV
import Glibc

/// An encoder of libavcodec: frames in, packets out.
final class Encoder {
  let context: UnsafeMutablePointer<AVCodecContext>
  private let path: String
  private let packet: Packet

  /// Opens an encoder in its reproducible mode.
  ///
  /// - Parameters:
  ///   - path: the output, for messages only.
  ///   - timeBase: frames count in `1 / timeBase` seconds.
  ///   - threads: a part of the encoder's decisions, so that it never follows the machine or an option.
  ///   - options: the encoder's own, by name.
  ///   - configure: sets fields of the context before it is opened.
  init(
    _ name: String, path: String, size: PictureSize, format: AVPixelFormat, timeBase: Int,
    threads: Int = 1, options: [String: String],
    configure: (inout AVCodecContext) -> Void = { _ in }
  ) throws(VideoError) {
    precondition(VideoLibrary.isQuiet)
    guard let codec = avcodec_find_encoder_by_name(name) else { throw .encoderMissing(name: name) }
    packet = try Packet()
    guard let context = avcodec_alloc_context3(codec) else {
      throw .outOfMemory(purpose: "the encoder \(name)")
    }
    self.context = context
    self.path = path
    context.pointee.width = Int32(size.width)
    context.pointee.height = Int32(size.height)
    context.pointee.pix_fmt = format
    context.pointee.time_base = AVRational(num: 1, den: Int32(timeBase))
    context.pointee.thread_count = Int32(threads)
    context.pointee.flags |= Int32(AV_CODEC_FLAG_BITEXACT)
    configure(&context.pointee)
    for (key, value) in options {
      let result = av_opt_set(context.pointee.priv_data, key, value, 0)
      guard result >= 0 else { throw failure("set \(key)=\(value) in the encoder for", result) }
    }
    let result = avcodec_open2(context, codec, nil)
    guard result >= 0 else { throw failure("open the encoder \(name) for", result) }
  }

  deinit {
    var context: UnsafeMutablePointer<AVCodecContext>? = context
    avcodec_free_context(&context)
  }

  /// Encodes a frame, or empties the encoder where there is none, and hands over what comes out.
  func encode(
    _ frame: Frame?, _ use: (Packet) throws(VideoError) -> Void
  ) throws(VideoError) {
    let result = avcodec_send_frame(context, frame?.pointer)
    guard result >= 0 else { throw failure("encode a frame of", result) }
    while true {
      let result = avcodec_receive_packet(context, packet.pointer)
      if result == -EAGAIN || result == CLIBAV_ERROR_EOF { return }
      guard result >= 0 else { throw failure("encode a frame of", result) }
      defer { av_packet_unref(packet.pointer) }
      try use(packet)
    }
  }

  private func failure(_ action: String, _ code: Int32) -> VideoError {
    code == -ENOMEM
      ? .outOfMemory(purpose: "encoding \"\(path)\"")
      : .library(action: action, path: path, reason: VideoLibrary.message(code))
  }
}
