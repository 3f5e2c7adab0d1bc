import CLibAV
import Glibc

extension Frame {
  /// Copies a picture's pixels into a frame of format RGB24 and the same size.
  func fill(with picture: Picture) throws(VideoError) {
    precondition(format == AV_PIX_FMT_RGB24 && size == picture.size)
    try prepareForWriting()
    guard let plane = pointer.pointee.data.0 else { return }
    let stride = Int(pointer.pointee.linesize.0)
    let rowLength = picture.width * 3
    picture.pixels.withUnsafeBufferPointer { pixels in
      guard let base = pixels.baseAddress else { return }
      for y in 0..<picture.height {
        (plane + y * stride).update(from: base + y * rowLength, count: rowLength)
      }
    }
  }

  /// The pixels of a frame of format RGB24.
  fileprivate func picture() -> Picture {
    precondition(format == AV_PIX_FMT_RGB24)
    let size = size
    let stride = Int(pointer.pointee.linesize.0)
    let rowLength = size.width * 3
    let plane = pointer.pointee.data.0
    let pixels = [UInt8](unsafeUninitializedCapacity: size.height * rowLength) { buffer, count in
      if let target = buffer.baseAddress, let plane {
        for y in 0..<size.height {
          (target + y * rowLength).initialize(from: plane + y * stride, count: rowLength)
        }
      }
      count = buffer.count
    }
    return Picture(width: size.width, height: size.height, pixels: pixels)
  }

  /// The pixels of a frame of format RGBA, laid over white, and whether any shows it.
  fileprivate func pictureOverWhite() -> (picture: Picture, isTransparent: Bool) {
    precondition(format == AV_PIX_FMT_RGBA)
    var picture = Picture(width: size.width, height: size.height)
    let stride = Int(pointer.pointee.linesize.0)
    guard let plane = pointer.pointee.data.0 else { return (picture, false) }
    let (width, height) = (size.width, size.height)
    var least = 255
    picture.pixels.withUnsafeMutableBufferPointer { pixels in
      for y in 0..<height {
        for x in 0..<width {
          let source = plane + y * stride + x * 4
          let alpha = Int(source[3])
          least = min(least, alpha)
          for channel in 0..<3 {
            let blended = Int(source[channel]) * alpha + 255 * (255 - alpha)
            pixels[(y * width + x) * 3 + channel] = UInt8((blended + 127) / 255)
          }
        }
      }
    }
    return (picture, least < 255)
  }
}

/// Turns decoded frames, of whatever format, into pictures. Keeps the conversion from frame to frame.
struct FrameToPicture {
  /// The matrix for frames that do not name theirs; nil goes by the height.
  let untaggedMatrix: YCbCrMatrix?
  /// Whether a picture so far had parts that show the white beneath.
  private(set) var sawTransparency = false

  private var conversion: ColorConversion?
  private var source: ColorConversion.Side?
  private var target: Frame?

  init(untaggedMatrix: YCbCrMatrix?) { self.untaggedMatrix = untaggedMatrix }

  mutating func picture(of frame: Frame) throws(VideoError) -> Picture {
    let side = ColorConversion.Side(decoded: frame, untaggedMatrix: untaggedMatrix)
    let flags = av_pix_fmt_desc_get(frame.format).map { $0.pointee.flags } ?? 0
    let hasAlpha = flags & UInt64(AV_PIX_FMT_FLAG_ALPHA) != 0
    let format = hasAlpha ? AV_PIX_FMT_RGBA : AV_PIX_FMT_RGB24
    if conversion == nil || source != side || target?.size != frame.size {
      conversion = try ColorConversion(
        from: side, to: .rgb(format, matrix: side.matrix), size: frame.size)
      source = side
      target = try Frame(format, size: frame.size)
    }
    guard let conversion, let target else { throw .outOfMemory(purpose: "a video frame") }
    try target.prepareForWriting()
    try conversion.convert(frame, into: target)
    guard hasAlpha else { return target.picture() }
    let (picture, isTransparent) = target.pictureOverWhite()
    sawTransparency = sawTransparency || isTransparent
    return picture
  }
}

extension ColorConversion.Side {
  /// A decoded frame's side, from its tags.
  fileprivate init(decoded frame: Frame, untaggedMatrix: YCbCrMatrix?) {
    // The formats whose names begin with yuvj are the old way to say full range.
    let isOldFullRange = Video.name(frame.format).hasPrefix("yuvj")
    format = frame.format
    isFullRange = isOldFullRange || frame.pointer.pointee.color_range == AVCOL_RANGE_JPEG
    matrix = YCbCrMatrix(frame, untagged: untaggedMatrix)
    chromaPosition =
      switch frame.pointer.pointee.chroma_location {
      case AVCHROMA_LOC_CENTER: (128, 128)
      case AVCHROMA_LOC_TOPLEFT: (0, 0)
      case AVCHROMA_LOC_TOP: (128, 0)
      case AVCHROMA_LOC_LEFT: (0, 128)
      default: (-513, -513)
      }
  }
}
