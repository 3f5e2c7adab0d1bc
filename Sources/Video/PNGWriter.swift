import Files

/// Writes a single picture as PNG.
package final class PNGWriter: FrameSink {
  package var path: String { output.path }
  package var frameCount: Int { output.frameCount }

  private let output: PNGOutput<AtomicFile>

  /// Opens the temporary file.
  ///
  /// - Parameter comment: how the picture was made.
  /// - Throws: `VideoError.badSize`, `.encoderMissing`, before anything is written; `.file`.
  package init(_ path: String, size: PictureSize, comment: String? = nil) throws(VideoError) {
    output = try PNGOutput(path, size: size, comment: comment)
  }

  /// Writes a picture to a file at once.
  package static func write(_ picture: Picture, to path: String) throws(VideoError) {
    let writer = try PNGWriter(path, size: picture.size)
    try writer.append(picture)
    try writer.finish()
  }

  /// Writes the picture; a second one is refused with `VideoError.tooManyFrames`.
  package func append(_ picture: Picture) throws(VideoError) {
    try output.append(picture, limit: 1) { (file, bytes) throws(FileError) in
      try file.write(bytes)
    }
  }

  package func finish() throws(VideoError) { try output.finish() }

  package func cancel() { output.cancel() }
}
