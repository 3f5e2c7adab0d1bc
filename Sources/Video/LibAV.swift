import CLibAV
import Glibc

/// What is known about the installed libav.
package enum VideoLibrary {
  /// Names and versions of the libraries at run time, such as `libavcodec 59.37.100`.
  package static var versions: [(name: String, version: String)] {
    [
      ("libavcodec", avcodec_version()), ("libavformat", avformat_version()),
      ("libavutil", avutil_version()), ("libswscale", swscale_version()),
    ].map { ($0, "\($1 >> 16).\($1 >> 8 & 255).\($1 & 255)") }
  }

  /// The encoder of the mp4 files: `libx264`.
  package static let videoEncoder = "libx264"

  /// Whether libavcodec was built with an encoder of this name.
  package static func hasEncoder(_ name: String) -> Bool {
    avcodec_find_encoder_by_name(name) != nil
  }

  /// libav writes messages to stderr, which belongs to the program; errors are thrown instead.
  static let isQuiet: Bool = {
    av_log_set_level(AV_LOG_QUIET)
    return true
  }()

  /// libav's own words for an error code.
  static func message(_ code: Int32) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(AV_ERROR_MAX_STRING_SIZE)) {
      guard let base = $0.baseAddress, av_strerror(code, base, $0.count) == 0 else {
        return "libav error \(code)"
      }
      return String(cString: base)
    }
  }
}

/// An `AVFrame` that is freed with the object.
final class Frame {
  let pointer: UnsafeMutablePointer<AVFrame>

  /// A frame without pixels, for a decoder to fill.
  init() throws(VideoError) {
    guard let pointer = av_frame_alloc() else { throw .outOfMemory(purpose: "a video frame") }
    self.pointer = pointer
  }

  /// A frame with room for pixels.
  convenience init(_ format: AVPixelFormat, size: PictureSize) throws(VideoError) {
    try self.init()
    pointer.pointee.format = format.rawValue
    pointer.pointee.width = Int32(size.width)
    pointer.pointee.height = Int32(size.height)
    guard av_frame_get_buffer(pointer, 0) >= 0 else {
      throw .outOfMemory(purpose: "a video frame of \(size)")
    }
  }

  deinit {
    var pointer: UnsafeMutablePointer<AVFrame>? = pointer
    av_frame_free(&pointer)
  }

  var size: PictureSize {
    PictureSize(width: Int(pointer.pointee.width), height: Int(pointer.pointee.height))
  }

  var format: AVPixelFormat { AVPixelFormat(pointer.pointee.format) }

  /// Makes the pixels writable: an encoder may still hold on to them.
  func prepareForWriting() throws(VideoError) {
    guard av_frame_make_writable(pointer) >= 0 else {
      throw .outOfMemory(purpose: "a video frame of \(size)")
    }
  }
}

/// An `AVPacket` that is freed with the object.
final class Packet {
  let pointer: UnsafeMutablePointer<AVPacket>

  init() throws(VideoError) {
    guard let pointer = av_packet_alloc() else { throw .outOfMemory(purpose: "a video packet") }
    self.pointer = pointer
  }

  deinit {
    var pointer: UnsafeMutablePointer<AVPacket>? = pointer
    av_packet_free(&pointer)
  }
}
