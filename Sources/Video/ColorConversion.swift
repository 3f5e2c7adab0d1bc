import CLibAV
import Glibc

/// The matrix between red, green, blue and luma with two colour differences.
enum YCbCrMatrix {
  /// ITU-R BT.601, section 2.5: standard definition, and JPEG (JFIF).
  case bt601
  /// ITU-R BT.709, section 3: high definition; what Flipbook writes.
  case bt709

  /// The matrix that a frame's tag names. Without a tag it goes by the height, as players do.
  init(_ frame: Frame, untagged: YCbCrMatrix?) {
    switch frame.pointer.pointee.colorspace {
    case AVCOL_SPC_BT709: self = .bt709
    case AVCOL_SPC_BT470BG, AVCOL_SPC_SMPTE170M, AVCOL_SPC_FCC: self = .bt601
    default: self = untagged ?? (frame.pointer.pointee.height >= 720 ? .bt709 : .bt601)
    }
  }

  fileprivate var coefficients: UnsafePointer<Int32>? {
    switch self {
    case .bt601: sws_getCoefficients(SWS_CS_ITU601)
    case .bt709: sws_getCoefficients(SWS_CS_ITU709)
    }
  }
}

/// A conversion between pixel formats at one size, through swscale in its exact mode: all chroma
/// samples count, products are rounded, and the results do not depend on the processor.
final class ColorConversion {
  private let context: OpaquePointer

  /// One side of a conversion.
  struct Side: Equatable {
    let format: AVPixelFormat
    /// Code values 0 to 255 (full range) or 16 to 235 (limited range).
    let isFullRange: Bool
    let matrix: YCbCrMatrix
    /// Where the chroma samples lie, in 1/128 of the distance between two luma samples.
    let chromaPosition: (x: Int64, y: Int64)

    static func == (a: Side, b: Side) -> Bool {
      a.format == b.format && a.isFullRange == b.isFullRange && a.matrix == b.matrix
        && a.chromaPosition == b.chromaPosition
    }

    /// Red, green and blue without a matrix; the other side's stands in its place.
    static func rgb(_ format: AVPixelFormat, matrix: YCbCrMatrix) -> Side {
      Side(format: format, isFullRange: true, matrix: matrix, chromaPosition: (-513, -513))
    }

    /// What the mp4 files hold: BT.709 in limited range, chroma in line with every second column.
    static let limited709 = Side(
      format: AV_PIX_FMT_YUV420P, isFullRange: false, matrix: .bt709, chromaPosition: (0, 128))
  }

  init(from source: Side, to destination: Side, size: PictureSize) throws(VideoError) {
    guard let context = sws_alloc_context() else {
      throw .outOfMemory(purpose: "a colour conversion")
    }
    let object = UnsafeMutableRawPointer(context)
    let flags =
      SWS_BILINEAR | SWS_ACCURATE_RND | SWS_BITEXACT | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP
    for (key, value) in [
      ("srcw", Int64(size.width)), ("srch", Int64(size.height)),
      ("dstw", Int64(size.width)), ("dsth", Int64(size.height)),
      ("src_format", Int64(source.format.rawValue)),
      ("dst_format", Int64(destination.format.rawValue)),
      ("src_range", source.isFullRange ? 1 : 0), ("dst_range", destination.isFullRange ? 1 : 0),
      ("src_h_chr_pos", source.chromaPosition.x), ("src_v_chr_pos", source.chromaPosition.y),
      ("dst_h_chr_pos", destination.chromaPosition.x),
      ("dst_v_chr_pos", destination.chromaPosition.y), ("sws_flags", Int64(flags)),
    ] {
      let result = av_opt_set_int(object, key, value, 0)
      assert(result >= 0, "swscale has no option \(key)")
    }
    guard sws_init_context(context, nil, nil) >= 0 else {
      sws_freeContext(context)
      throw .library(
        action: "convert the colours of", path: "a \(size) picture",
        reason: "no conversion from \(name(source.format)) to \(name(destination.format))")
    }
    // Formats that have no matrix refuse this, and need none.
    _ = sws_setColorspaceDetails(
      context, source.matrix.coefficients, source.isFullRange ? 1 : 0,
      destination.matrix.coefficients, destination.isFullRange ? 1 : 0, 0, 1 << 16, 1 << 16)
    self.context = context
  }

  deinit { sws_freeContext(context) }

  func convert(_ source: Frame, into destination: Frame) throws(VideoError) {
    let result = sws_scale_frame(context, destination.pointer, source.pointer)
    guard result >= 0 else {
      throw .library(
        action: "convert the colours of", path: "a \(source.size) picture",
        reason: VideoLibrary.message(result))
    }
  }
}

/// The name of a pixel format, such as `yuv420p`.
func name(_ format: AVPixelFormat) -> String {
  av_get_pix_fmt_name(format).map { String(cString: $0) } ?? "unknown"
}
