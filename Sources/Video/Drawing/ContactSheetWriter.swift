/// Writes a contact sheet of the frames that it gets as one PNG.
package final class ContactSheetWriter: FrameSink {
  package var path: String { writer.path }
  package var frameCount: Int { sheet.frameCount }

  private let size: PictureSize
  private let writer: PNGWriter
  private var sheet: ContactSheet

  /// Opens the temporary file.
  ///
  /// - Parameter size: of a frame; the rest as in `ContactSheet`.
  /// - Throws: `VideoError`.
  package init(
    _ path: String, title: String, frameCount: Int, size: PictureSize, framesPerSecond: Double = 24
  ) throws(VideoError) {
    self.size = size
    sheet = ContactSheet(
      title: title, frameCount: frameCount, size: size, framesPerSecond: framesPerSecond)
    writer = try PNGWriter(path, size: sheet.picture.size)
  }

  package func append(_ picture: Picture) throws(VideoError) {
    guard picture.size == size else {
      cancel()
      throw .sizeChanged(path: path, expected: size, found: picture.size)
    }
    sheet.append(picture)
  }

  package func finish() throws(VideoError) {
    if frameCount > 0 { try writer.append(sheet.picture) }
    try writer.finish()
  }

  package func cancel() { writer.cancel() }
}
