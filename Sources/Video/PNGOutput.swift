import Files

/// What the writers of PNG share: an encoder, a count, and an output that appears when it is whole.
final class PNGOutput<Output: AtomicOutput> {
  let path: String
  private(set) var frameCount = 0

  private let encoder: PNGEncoder
  private let output: Output
  private var isOpen = true

  /// Opens the encoder, then the output.
  ///
  /// - Throws: `VideoError.badSize`, `.encoderMissing`, before anything is written; `.file`.
  init(_ path: String, size: PictureSize) throws(VideoError) {
    self.path = path
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
      let bytes = try encoder.encode(picture)
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
