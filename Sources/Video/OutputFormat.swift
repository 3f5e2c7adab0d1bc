import Files

/// What an output's name asks for.
package enum OutputFormat: String, Sendable, CaseIterable {
  case mp4, gif, png
  /// A folder of numbered pictures.
  case folder

  /// Reads the format off a name: `.mp4`, `.gif`, `.png`, or a folder where the name ends in `/`,
  /// has no extension, or belongs to a folder that is there already.
  ///
  /// - Throws: `VideoError.unknownFormat`.
  package init(path: String) throws(VideoError) {
    let name = splitPath(withoutTrailingSlashes(path)).name
    guard !name.isEmpty else { throw .unknownFormat(path: path, pathExtension: "") }
    guard !path.hasSuffix("/"), let dot = name.lastIndex(of: "."), name != ".", name != ".." else {
      self = .folder
      return
    }
    let pathExtension = name[name.index(after: dot)...].lowercased()
    if let format = OutputFormat(rawValue: pathExtension), format != .folder {
      self = format
    } else if (try? FileFacts.of(path))?.kind == .directory {
      self = .folder
    } else {
      throw .unknownFormat(path: path, pathExtension: pathExtension)
    }
  }

  /// Checks everything that can be known before the first frame: the size, the number of frames,
  /// the encoder, and that the place can be written to.
  ///
  /// - Throws: `VideoError`.
  package static func check(
    _ path: String, size: PictureSize, frameCount: Int
  ) throws(VideoError) {
    switch try OutputFormat(path: path) {
    case .mp4: try MP4Writer.check(path, size: size)
    case .gif: try GIFWriter.check(path, size: size)
    case .png:
      guard frameCount == 1 else { throw .tooManyFrames(path: path, count: frameCount) }
      _ = try PNGEncoder(path, size: size)
    case .folder:
      _ = try PNGEncoder(path, size: size)
      return try PNGSequenceWriter.check(path)
    }
    try file { () throws(FileError) in try checkOutputFile(path) }
  }

  /// Opens the output that the name asks for.
  ///
  /// - Parameter comment: how the video was made.
  /// - Throws: `VideoError`.
  package static func open(
    _ path: String, size: PictureSize, framesPerSecond: Int = 24, comment: String? = nil
  ) throws(VideoError) -> any FrameSink {
    switch try OutputFormat(path: path) {
    case .mp4:
      try MP4Writer(path, size: size, framesPerSecond: framesPerSecond, comment: comment)
    case .gif:
      try GIFWriter(path, size: size, framesPerSecond: framesPerSecond, comment: comment)
    case .png: try PNGWriter(path, size: size, comment: comment)
    case .folder: try PNGSequenceWriter(path, size: size, comment: comment)
    }
  }
}
