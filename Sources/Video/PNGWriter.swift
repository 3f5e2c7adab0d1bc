import Files

/// Writes a single picture as PNG.
package final class PNGWriter: FrameSink {
  package let path: String
  package private(set) var frameCount = 0

  private let encoder: PNGEncoder
  private let output: AtomicFile
  private let comment: String?
  private var isOpen = true

  /// Opens the temporary file.
  ///
  /// - Parameter comment: how the picture was made.
  /// - Throws: `VideoError.badSize`, `.encoderMissing`, before anything is written; `.file`.
  package init(_ path: String, size: PictureSize, comment: String? = nil) throws(VideoError) {
    self.path = path
    self.comment = comment
    encoder = try PNGEncoder(path, size: size)
    output = try file { () throws(FileError) in try AtomicFile(path) }
  }

  /// Writes a picture to a file at once.
  package static func write(_ picture: Picture, to path: String) throws(VideoError) {
    let writer = try PNGWriter(path, size: picture.size)
    try writer.append(picture)
    try writer.finish()
  }

  /// Writes the picture; a second one is refused with `VideoError.tooManyFrames`.
  package func append(_ picture: Picture) throws(VideoError) {
    guard isOpen else { throw .file(.discarded(path: path)) }
    do throws(VideoError) {
      guard frameCount == 0 else { throw .tooManyFrames(path: path, count: frameCount + 1) }
      var bytes = try encoder.encode(picture)
      if let comment { bytes = PNGComment.inserted(comment, in: bytes) }
      try file { () throws(FileError) in try output.write(bytes) }
    } catch {
      cancel()
      throw error
    }
    frameCount += 1
  }

  package func finish() throws(VideoError) {
    guard isOpen else { throw .file(.discarded(path: path)) }
    defer { cancel() }  // nothing where the file was committed
    guard frameCount > 0 else { throw .noFrames(path: path) }
    try file { () throws(FileError) in try output.commit() }
  }

  package func cancel() {
    isOpen = false
    output.discard()
  }
}
