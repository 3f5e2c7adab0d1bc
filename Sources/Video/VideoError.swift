package import Files

/// What went wrong with pictures and videos.
package enum VideoError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The system refused: missing, not permitted, disk full.
  case file(FileError)
  /// H.264 in yuv420p stores one colour sample for two by two pixels.
  case oddSize(path: String, size: PictureSize)
  /// No side may be smaller than one pixel or larger than the format's limit.
  case badSize(path: String, size: PictureSize, limit: Int)
  /// A frame of another size than the file was opened for.
  case sizeChanged(path: String, expected: PictureSize, found: PictureSize)
  /// The name of an output does not tell a format that can be written.
  case unknownFormat(path: String, pathExtension: String)
  /// The installed libavcodec was built without an encoder that is needed.
  case encoderMissing(name: String)
  /// A single picture was to hold this many frames.
  case tooManyFrames(path: String, count: Int)
  /// A file was finished before it held a frame.
  case noFrames(path: String)
  /// A folder for numbered pictures holds something already.
  case folderNotEmpty(path: String)
  /// The file is not what was wanted; `found` says what its first bytes look like.
  case wrongFormat(path: String, expected: String, found: String)
  /// The file is of the right kind, and its contents do not decode.
  case broken(path: String, what: String, reason: String)
  /// The file decodes to more pixels than are accepted.
  case tooLarge(path: String, size: PictureSize, limit: Int)
  /// The file has more bytes than are accepted.
  case tooManyBytes(path: String, found: Int, limit: Int)
  /// libav failed in a way that has no case of its own; `reason` is its own message.
  case library(action: String, path: String, reason: String)
  /// Memory ran out.
  case outOfMemory(purpose: String)

  package var description: String {
    switch self {
    case .file(let error):
      return error.description
    case .oddSize(let path, let size):
      let even = PictureSize(width: (size.width + 1) & ~1, height: (size.height + 1) & ~1)
      return "cannot write \"\(path)\" at \(size): an mp4 needs an even width and height; "
        + "\(even) would do"
    case .badSize(let path, let size, let limit):
      return "cannot write \"\(path)\" at \(size): each side must be between 1 and \(limit) pixels"
    case .sizeChanged(let path, let expected, let found):
      return "\"\(path)\" holds frames of \(expected), found one of \(found)"
    case .unknownFormat(let path, let pathExtension):
      let what = pathExtension.isEmpty ? "has no name" : "ends in \".\(pathExtension)\""
      return "the output \"\(path)\" \(what), expected \".mp4\", \".gif\", \".png\" (one frame), "
        + "or a folder for numbered pictures (end it with \"/\")"
    case .encoderMissing(let name):
      return "the installed libavcodec has no encoder \"\(name)\"; "
        + "Debian's and Ubuntu's has it (apt install libavcodec-dev), "
        + "Fedora's comes from RPM Fusion (dnf install ffmpeg-libs)"
    case .tooManyFrames(let path, let count):
      return "\"\(path)\" is a single picture and cannot hold \(count) frames; "
        + "name an .mp4, a .gif or a folder, or ask for one frame"
    case .noFrames(let path):
      return "\"\(path)\" was finished without a frame"
    case .folderNotEmpty(let path):
      return "the folder \"\(path)\" is not empty; empty it or choose another name"
    case .wrongFormat(let path, let expected, let found):
      return "\"\(path)\" is \(found), expected \(expected)"
    case .broken(let path, let what, let reason):
      return "the \(what) \"\(path)\" is damaged: \(reason)"
    case .tooLarge(let path, let size, let limit):
      return "\"\(path)\" is \(size), expected at most \(limit / 1_000_000) million pixels; "
        + "make it smaller first"
    case .tooManyBytes(let path, let found, let limit):
      return "\"\(path)\" has \(found) bytes, expected at most \(limit)"
    case .library(let action, let path, let reason):
      return "cannot \(action) \"\(path)\": \(reason)"
    case .outOfMemory(let purpose):
      return "not enough memory for \(purpose)"
    }
  }
}

/// Runs a call of `Files`, its error wrapped.
func file<R>(_ body: () throws(FileError) -> R) throws(VideoError) -> R {
  do { return try body() } catch { throw .file(error) }
}
