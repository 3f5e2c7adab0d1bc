import CLibAV
import Files

/// Pictures of one size as PNG: 8-bit RGB without loss.
final class PNGEncoder {
  let size: PictureSize
  private let path: String
  private let encoder: Encoder
  private let frame: Frame
  private var count: Int64 = 0

  /// - Parameter path: the output, for messages only.
  init(_ path: String, size: PictureSize) throws(VideoError) {
    guard (1...maximumPNGSide).contains(size.width), (1...maximumPNGSide).contains(size.height)
    else { throw .badSize(path: path, size: size, limit: maximumPNGSide) }
    self.path = path
    self.size = size
    encoder = try Encoder(
      "png", path: path, size: size, format: AV_PIX_FMT_RGB24, timeBase: 1,
      options: ["pred": "mixed"])
    frame = try Frame(AV_PIX_FMT_RGB24, size: size)
  }

  /// The bytes of a whole PNG file.
  func encode(_ picture: Picture) throws(VideoError) -> [UInt8] {
    guard picture.size == size else {
      throw .sizeChanged(path: path, expected: size, found: picture.size)
    }
    try frame.fill(with: picture)
    frame.pointer.pointee.pts = count
    count += 1
    var bytes: [UInt8] = []
    try encoder.encode(frame) { packet in
      bytes += UnsafeBufferPointer(
        start: packet.pointer.pointee.data, count: Int(packet.pointer.pointee.size))
    }
    return bytes
  }
}

/// More than any picture here has; libav's own limit lies above it.
let maximumPNGSide = 16_384
