import Files

/// What the writers of PNG share: an encoder, a count, a comment that the first picture carries, and
/// an output that appears when it is whole.
final class PNGOutput<Output: AtomicOutput> {
  let path: String
  private(set) var frameCount = 0

  private let comment: String?
  private let encoder: PNGEncoder
  private let output: Output
  private var isOpen = true

  /// Opens the encoder, then the output.
  ///
  /// - Throws: `VideoError.badSize`, `.encoderMissing`, before anything is written; `.file`.
  init(_ path: String, size: PictureSize, comment: String?) throws(VideoError) {
    self.path = path
    self.comment = comment
    encoder = try PNGEncoder(path, size: size)
    output = try file { () throws(FileError) in try Output(path) }
  }

  /// Encodes the next picture and hands its bytes to `write`.
  ///
  /// - Parameter limit: how many pictures the output can hold.
  func append(
    _ picture: Picture, limit: Int = .max, write: (Output, [UInt8]) throws(FileError) -> Void
  ) throws(VideoError) {
    guard isOpen else { throw .file(.discarded(path: path)) }
    do throws(VideoError) {
      guard frameCount < limit else { throw .tooManyFrames(path: path, count: frameCount + 1) }
      var bytes = try encoder.encode(picture)
      if frameCount == 0, let comment { bytes = PNGComment.inserted(comment, in: bytes) }
      try file { () throws(FileError) in try write(output, bytes) }
    } catch {
      cancel()
      throw error
    }
    frameCount += 1
  }

  /// Makes the output appear.
  func finish() throws(VideoError) {
    guard isOpen else { throw .file(.discarded(path: path)) }
    defer { cancel() }  // nothing where it was committed
    guard frameCount > 0 else { throw .noFrames(path: path) }
    try file { () throws(FileError) in try output.commit() }
  }

  /// Removes what was written.
  func cancel() {
    isOpen = false
    output.discard()
  }
}
