import CLibAV

/// Writes an animated GIF that plays for ever.
///
/// A GIF counts time in hundredths of a second; each frame starts at the nearest one, so that the
/// animation keeps its length (at 24 frames a second: 4, 4, 4, 4, 5, 4 …). A frame has 256 colours.
/// They are kept for as long as they fit the frames, since new ones make flat areas flicker.
package final class GIFWriter: FrameSink {
  package static let maximumSide = 65_535

  package let path: String
  package let size: PictureSize
  package private(set) var frameCount = 0

  private let framesPerSecond: Int
  private let comment: String?
  private let media: MediaFile
  private let frame: Frame
  private var palette: ColorPalette?
  /// The error that the palette had on the picture it was made for.
  private var paletteError = 0.0

  /// Opens the encoder and the temporary file.
  ///
  /// - Parameter comment: how the animation was made.
  /// - Throws: `VideoError.badSize`, `.encoderMissing`, before anything is written; `.file`.
  package init(
    _ path: String, size: PictureSize, framesPerSecond: Int = 24, comment: String? = nil
  ) throws(VideoError) {
    precondition((1...100).contains(framesPerSecond))
    try Self.check(path, size: size)
    self.path = path
    self.size = size
    self.framesPerSecond = framesPerSecond
    self.comment = comment
    frame = try Frame(AV_PIX_FMT_PAL8, size: size)
    media = try MediaFile(
      path, muxer: "gif", options: ["loop": "0"], metadata: [:], frameRate: framesPerSecond
    ) { _ throws(VideoError) in
      // Whole frames: the encoder's differences compare indices of unlike palettes.
      try Encoder(
        "gif", path: path, size: size, format: AV_PIX_FMT_PAL8, timeBase: 100,
        options: ["gifflags": "0"])
    }
  }

  /// Checks, without touching the disk, that a GIF of this size can be written.
  package static func check(_ path: String, size: PictureSize) throws(VideoError) {
    guard (1...maximumSide).contains(size.width), (1...maximumSide).contains(size.height) else {
      throw .badSize(path: path, size: size, limit: maximumSide)
    }
    guard VideoLibrary.hasEncoder("gif") else { throw .encoderMissing(name: "gif") }
  }

  package func append(_ picture: Picture) throws(VideoError) {
    try media.append(picture, size: size) { () throws(VideoError) in
      try frame.prepareForWriting()
      draw(picture)
      frame.pointer.pointee.pts = time(frameCount)
      // `duration` in AVFrame's name of this version; the encoder hands it to the packet.
      frame.pointer.pointee.pkt_duration = time(frameCount + 1) - time(frameCount)
      return frame
    }
    frameCount += 1
  }

  package func finish() throws(VideoError) {
    let ending = comment.map { Self.commentExtension($0) + [0x3b] }
    try media.finish(frameCount: frameCount, ending: ending)
  }

  /// A comment as GIF89a has it (section 24): introducer, label, blocks of at most 255 bytes, an
  /// empty one.
  private static func commentExtension(_ comment: String) -> [UInt8] {
    let bytes = Array(comment.utf8)
    let blocks = stride(from: 0, to: bytes.count, by: 255).flatMap { start in
      let block = bytes[start..<min(start + 255, bytes.count)]
      return [UInt8(block.count)] + block
    }
    return [0x21, 0xfe] + blocks + [0]
  }

  package func cancel() { media.discard() }

  /// When a frame starts, in hundredths of a second.
  private func time(_ index: Int) -> Int64 {
    Int64((index * 200 + framesPerSecond) / (2 * framesPerSecond))
  }

  private func draw(_ picture: Picture) {
    guard let indices = frame.pointer.pointee.data.0, let table = frame.pointer.pointee.data.1
    else { return }
    let stride = Int(frame.pointer.pointee.linesize.0)
    if palette != nil {
      let error = palette?.map(picture, into: indices, stride: stride) ?? 0
      // A quarter more than at first, or an error that nobody sees.
      if error <= max(1.25 * paletteError, 2) { return }
    }
    var fresh = ColorPalette(of: picture)
    paletteError = fresh.map(picture, into: indices, stride: stride)
    palette = fresh
    table.withMemoryRebound(to: UInt32.self, capacity: 256) { table in
      for index in 0..<256 {
        let color = index < fresh.colors.count ? fresh.colors[index] : .zero
        table[index] =
          0xff00_0000 | UInt32(color.x) << 16 | UInt32(color.y) << 8 | UInt32(color.z)
      }
    }
  }
}
