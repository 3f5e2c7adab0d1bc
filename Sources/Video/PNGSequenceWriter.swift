import Files
import Glibc

/// Writes a folder of numbered pictures: `00000.png`, `00001.png` and so on.
///
/// The pictures go to a hidden folder beside the place; it is renamed when the last is written.
package final class PNGSequenceWriter: FrameSink {
  package let path: String
  package private(set) var frameCount = 0

  private let encoder: PNGEncoder
  private let temporaryPath: String
  private var isOpen = true

  /// Makes the temporary folder.
  ///
  /// - Throws: `VideoError.folderNotEmpty` where files stand in the place already; `.badSize`,
  ///   `.encoderMissing`, before anything is written; `.file`.
  package init(_ path: String, size: PictureSize) throws(VideoError) {
    let path = withoutTrailingSlashes(path)
    try Self.check(path)
    self.path = path
    encoder = try PNGEncoder(path, size: size)
    var generator = SystemRandomNumberGenerator()
    let suffix = String(generator.next() as UInt64, radix: 36)
    temporaryPath = "\(splitPath(path).directory)/.flipbook-\(getpid())-\(suffix).partial"
    guard mkdir(temporaryPath, 0o777) == 0 else {
      throw .file(.system(action: "create a folder for", path: path, code: errno))
    }
  }

  deinit { cancel() }

  /// Checks that a folder can be made at `path`: nothing stands there, or an empty folder.
  package static func check(_ path: String) throws(VideoError) {
    try file { () throws(FileError) in try checkOutputDirectory(path) }
    let isThere = try file { () throws(FileError) in try FileFacts.of(path) != nil }
    guard isThere else { return }
    let names = try file { () throws(FileError) in try directoryEntries(path) }
    if !names.isEmpty { throw .folderNotEmpty(path: path) }
  }

  /// The name of a picture inside the folder.
  package static func fileName(_ index: Int) -> String {
    let digits = String(index)
    return String(repeating: "0", count: max(0, 5 - digits.utf8.count)) + digits + ".png"
  }

  package func append(_ picture: Picture) throws(VideoError) {
    guard isOpen else { throw .file(.discarded(path: path)) }
    do throws(VideoError) {
      let bytes = try encoder.encode(picture)
      let name = "\(temporaryPath)/\(Self.fileName(frameCount))"
      do { try AtomicFile.write(bytes, to: name) } catch { throw .file(renamed(error)) }
    } catch {
      cancel()
      throw error
    }
    frameCount += 1
  }

  package func finish() throws(VideoError) {
    guard isOpen else { throw .file(.discarded(path: path)) }
    defer { cancel() }  // nothing where the folder was renamed
    guard frameCount > 0 else { throw .noFrames(path: path) }
    // An empty folder in the place is replaced; anything else makes this fail.
    guard rename(temporaryPath, path) == 0 else {
      let code = errno
      if code == ENOTEMPTY || code == EEXIST { throw .folderNotEmpty(path: path) }
      throw .file(.system(action: "rename to", path: path, code: code))
    }
    isOpen = false
  }

  package func cancel() {
    guard isOpen else { return }
    isOpen = false
    for index in 0..<frameCount { unlink("\(temporaryPath)/\(Self.fileName(index))") }
    rmdir(temporaryPath)
  }

  /// An error that names the folder and not the hidden place beside it.
  private func renamed(_ error: FileError) -> FileError {
    guard case .system(let action, _, let code) = error else { return error }
    return .system(action: action, path: path, code: code)
  }
}

/// `out/` and `out` are the same folder.
func withoutTrailingSlashes(_ path: String) -> String {
  var path = path
  while path.utf8.count > 1 && path.hasSuffix("/") { path.removeLast() }
  return path
}
