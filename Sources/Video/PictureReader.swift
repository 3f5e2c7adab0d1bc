import CLibAV
import Files
import Glibc

/// Reads pictures: PNG, JPEG and WebP.
///
/// Palettes, grey values, 16 bits and CMYK become 8-bit RGB; what is transparent lies over white;
/// a camera's turn (Exif) is carried out. Colour profiles are not looked at.
package enum PictureReader {
  /// Larger files are refused.
  package static let maximumByteCount = 256 << 20
  /// Pictures of more pixels are refused: 100 million.
  package static let maximumPixelCount = 100_000_000

  /// Reads a picture.
  ///
  /// - Throws: `VideoError.file`, `.wrongFormat`, `.tooManyBytes`, `.tooLarge`, `.broken`.
  package static func read(_ path: String) throws(VideoError) -> Picture {
    try readTellingTransparency(path).picture
  }

  /// Reads a picture, and tells whether any of it lies over white.
  ///
  /// - Throws: `VideoError.file`, `.wrongFormat`, `.tooManyBytes`, `.tooLarge`, `.broken`.
  package static func readTellingTransparency(
    _ path: String
  ) throws(VideoError) -> (picture: Picture, isTransparent: Bool) {
    let input = try file { () throws(FileError) in try MappedFile(path) }
    let signature = FileSignature(input.bytes)
    let codec: AVCodecID
    let untaggedMatrix: YCbCrMatrix
    switch signature {
    case .png: (codec, untaggedMatrix) = (AV_CODEC_ID_PNG, .bt709)
    // JFIF and WebP prescribe BT.601 at every size.
    case .jpeg: (codec, untaggedMatrix) = (AV_CODEC_ID_MJPEG, .bt601)
    case .webp: (codec, untaggedMatrix) = (AV_CODEC_ID_WEBP, .bt601)
    default:
      throw .wrongFormat(
        path: path, expected: "a PNG, JPEG or WebP picture", found: signature.words)
    }
    guard input.bytes.count <= maximumByteCount else {
      throw .tooManyBytes(path: path, found: input.bytes.count, limit: maximumByteCount)
    }
    try check(input.bytes, signature, path: path)
    let frame = try decode(input.bytes, codec, path: path)
    var conversion = FrameToPicture(untaggedMatrix: untaggedMatrix)
    let picture = try conversion.picture(of: frame)
    let matrix = av_frame_get_side_data(frame.pointer, AV_FRAME_DATA_DISPLAYMATRIX).map {
      $0.pointee.data.withMemoryRebound(to: Int32.self, capacity: 9) { DisplayMatrix($0) }
    }
    return (matrix?.applied(to: picture) ?? picture, conversion.sawTransparency)
  }

  /// Finds out from the headers what libav would leave unsaid.
  private static func check(
    _ bytes: UnsafeRawBufferPointer, _ signature: FileSignature, path: String
  ) throws(VideoError) {
    var size: PictureSize?
    if signature == .png { size = pngSize(bytes) }
    if signature == .jpeg {
      let header = JPEGHeader(bytes)
      size = header.size
      // The last scans of a progressive picture may be cut off without the decoder minding.
      if !header.isWhole {
        throw .broken(path: path, what: "picture", reason: "its end is missing")
      }
    }
    // Beyond some size libav takes the numbers for damage.
    if let size, size.pixelCount > maximumPixelCount {
      throw .tooLarge(path: path, size: size, limit: maximumPixelCount)
    }
  }

  /// A picture is one packet to libavcodec.
  private static func decode(
    _ bytes: UnsafeRawBufferPointer, _ codec: AVCodecID, path: String
  ) throws(VideoError) -> Frame {
    let decoder = try Decoder(
      codec, parameters: nil, path: path, what: "picture", maximumPixelCount: maximumPixelCount)
    let packet = try Packet()
    let frame = try Frame()
    // The packet has the padding that decoders may read beyond the end.
    guard let base = bytes.baseAddress, av_new_packet(packet.pointer, Int32(bytes.count)) >= 0
    else { throw .outOfMemory(purpose: "reading \"\(path)\"") }
    UnsafeMutableRawPointer(packet.pointer.pointee.data)
      .copyMemory(from: base, byteCount: bytes.count)
    try decoder.send(packet.pointer)
    if try decoder.receive(frame) { return frame }
    try decoder.send(nil)
    guard try decoder.receive(frame) else {
      throw .broken(path: path, what: "picture", reason: "it ends before the first pixel")
    }
    return frame
  }
}
