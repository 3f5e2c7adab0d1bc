import CLibAV
import Glibc

/// A decoder of libavcodec: packets in, frames out. Damage is an error, never concealed.
final class Decoder {
  /// More pixels than this in one picture are refused: about 8 frames of 1080p.
  static let maximumPixelCount = 16_000_000

  let context: UnsafeMutablePointer<AVCodecContext>
  private let path: String
  private let what: String
  private let limit: SizeLimit

  /// What the decoder's callback needs and finds.
  private final class SizeLimit {
    let pixelCount: Int
    var exceededBy: PictureSize?
    init(_ pixelCount: Int) { self.pixelCount = pixelCount }
  }

  /// - Parameters:
  ///   - what: "video" or "picture", for messages.
  ///   - parameters: of the stream, where there is one.
  init(
    _ codec: AVCodecID, parameters: UnsafePointer<AVCodecParameters>?, path: String, what: String,
    maximumPixelCount: Int = Decoder.maximumPixelCount
  ) throws(VideoError) {
    precondition(VideoLibrary.isQuiet)
    let codecName = String(cString: avcodec_get_name(codec))
    guard let decoder = avcodec_find_decoder(codec) else {
      throw .broken(
        path: path, what: what, reason: "the installed libavcodec cannot decode \(codecName)")
    }
    guard let context = avcodec_alloc_context3(decoder) else {
      throw .outOfMemory(purpose: "the decoder \(codecName)")
    }
    self.context = context
    self.path = path
    self.what = what
    limit = SizeLimit(maximumPixelCount)
    if let parameters, avcodec_parameters_to_context(context, parameters) < 0 {
      throw .outOfMemory(purpose: "the decoder \(codecName)")
    }
    context.pointee.thread_count = 1
    context.pointee.err_recognition =
      AV_EF_CRCCHECK | AV_EF_BITSTREAM | AV_EF_BUFFER | AV_EF_EXPLODE
    context.pointee.opaque = Unmanaged.passUnretained(limit).toOpaque()
    context.pointee.get_buffer2 = { context, frame, flags in
      // The size is refused here, before memory for it is taken.
      if let frame, let opaque = context?.pointee.opaque {
        let limit = Unmanaged<SizeLimit>.fromOpaque(opaque).takeUnretainedValue()
        let size = PictureSize(
          width: Int(frame.pointee.width), height: Int(frame.pointee.height))
        if size.pixelCount > limit.pixelCount {
          limit.exceededBy = size
          return -ENOMEM
        }
      }
      return avcodec_default_get_buffer2(context, frame, flags)
    }
    try check(avcodec_open2(context, decoder, nil))
  }

  deinit {
    var context: UnsafeMutablePointer<AVCodecContext>? = context
    avcodec_free_context(&context)
  }

  /// Sends a packet, or the end where there is none.
  func send(_ packet: UnsafeMutablePointer<AVPacket>?) throws(VideoError) {
    try check(avcodec_send_packet(context, packet))
  }

  /// Receives a frame.
  ///
  /// - Returns: false where the decoder wants another packet, or is empty.
  func receive(_ frame: Frame) throws(VideoError) -> Bool {
    let result = avcodec_receive_frame(context, frame.pointer)
    if result == -EAGAIN || result == CLIBAV_ERROR_EOF { return false }
    try check(result)
    guard frame.pointer.pointee.decode_error_flags == 0,
      frame.pointer.pointee.flags & AV_FRAME_FLAG_CORRUPT == 0
    else { throw .broken(path: path, what: what, reason: "part of a picture is missing") }
    return true
  }

  private func check(_ result: Int32) throws(VideoError) {
    guard result < 0 else { return }
    if let size = limit.exceededBy {
      throw .tooLarge(path: path, size: size, limit: limit.pixelCount)
    }
    if result == -ENOMEM { throw .outOfMemory(purpose: "decoding \"\(path)\"") }
    throw .broken(path: path, what: what, reason: VideoLibrary.message(result))
  }
}
