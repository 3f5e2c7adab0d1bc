import CLibAV
import Glibc

/// How a picture becomes one of another size without distortion: what is cut off at its borders, and
/// then a change of scale.
package struct PictureFit: Hashable, Sendable {
  package let source: PictureSize
  package let target: PictureSize
  /// What stays of the source: the largest part of the target's ratio, around the centre.
  package let kept: PictureSize

  package init(_ source: PictureSize, to target: PictureSize) {
    self.source = source
    self.target = target
    let (width, height) = (
      source.height * target.width / target.height, source.width * target.height / target.width
    )
    kept =
      width <= source.width
      ? PictureSize(width: max(width, 1), height: source.height)
      : PictureSize(width: source.width, height: max(height, 1))
  }

  /// The share of the source's area that is cut off, 0 … 1.
  package var lostShare: Double {
    1 - Double(kept.pixelCount) / Double(source.pixelCount)
  }
}

extension Picture {
  /// The picture in another size, cut to its ratio around the centre. Shrinking takes the mean of the
  /// area under each pixel, growing is Lanczos's; each colour stands alone, so that no chroma is lost.
  ///
  /// - Throws: `VideoError.outOfMemory`, `.library`.
  package func fitted(to target: PictureSize) throws(VideoError) -> Picture {
    precondition(target.width > 0 && target.height > 0, "a picture without pixels")
    let fit = PictureFit(size, to: target)
    if size == target { return self }
    let (left, top) = ((width - fit.kept.width) / 2, (height - fit.kept.height) / 2)
    let scaling = try PlaneScaling(from: fit.kept, to: target)
    let plane = try Frame(AV_PIX_FMT_GRAY8, size: fit.kept)
    let scaled = try Frame(AV_PIX_FMT_GRAY8, size: target)
    var result = Picture(width: target.width, height: target.height)
    for channel in 0..<3 {
      if let base = plane.pointer.pointee.data.0 {
        let stride = Int(plane.pointer.pointee.linesize.0)
        for y in 0..<fit.kept.height {
          for x in 0..<fit.kept.width {
            base[y * stride + x] = pixels[((top + y) * width + left + x) * 3 + channel]
          }
        }
      }
      try scaling.scale(plane, into: scaled)
      if let base = scaled.pointer.pointee.data.0 {
        let stride = Int(scaled.pointer.pointee.linesize.0)
        for y in 0..<target.height {
          for x in 0..<target.width {
            result.pixels[(y * target.width + x) * 3 + channel] = base[y * stride + x]
          }
        }
      }
    }
    return result
  }
}

/// A change of scale of one plane of bytes, through swscale in its exact mode.
private final class PlaneScaling {
  private let context: OpaquePointer

  init(from source: PictureSize, to target: PictureSize) throws(VideoError) {
    let isShrinking = target.pixelCount < source.pixelCount
    let flags =
      (isShrinking ? SWS_AREA : SWS_LANCZOS) | SWS_ACCURATE_RND | SWS_BITEXACT
    guard
      let context = sws_getContext(
        Int32(source.width), Int32(source.height), AV_PIX_FMT_GRAY8, Int32(target.width),
        Int32(target.height), AV_PIX_FMT_GRAY8, flags, nil, nil, nil)
    else {
      throw .library(
        action: "change the scale of", path: "a \(source) picture", reason: "no way to \(target)")
    }
    self.context = context
  }

  deinit { sws_freeContext(context) }

  func scale(_ source: Frame, into target: Frame) throws(VideoError) {
    let result = sws_scale_frame(context, target.pointer, source.pointer)
    guard result >= 0 else {
      throw .library(
        action: "change the scale of", path: "a \(source.size) picture",
        reason: VideoLibrary.message(result))
    }
  }
}
