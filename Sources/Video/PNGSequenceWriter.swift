import Files
import Glibc

/// Writes a folder of numbered pictures: `00000.png`, `00001.png` and so on.
///
/// The pictures go to a hidden folder beside the place; it is renamed when the last is written.
package final class PNGSequenceWriter: FrameSink {
  package var path: String { output.path }
  package var frameCount: Int { output.frameCount }

  private let output: PNGOutput<AtomicFolder>

  /// Makes the temporary folder.
  ///
  /// - Parameter comment: how the pictures were made; the first carries it.
  /// - Throws: `VideoError.folderNotEmpty` where files stand in the place already; `.badSize`,
  ///   `.encoderMissing`, before anything is written; `.file`.
  package init(_ path: String, size: PictureSize, comment: String? = nil) throws(VideoError) {
    let path = withoutTrailingSlashes(path)
    try Self.check(path)
    output = try PNGOutput(path, size: size, comment: comment)
  }

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
    let name = Self.fileName(frameCount)
    try output.append(picture) { (folder, bytes) throws(FileError) in
      try folder.write(bytes, to: name)
    }
  }

  /// What a folder of numbered pictures holds.
  ///
  /// - Returns: nil where there is no folder, or no first picture in it.
  /// - Throws: `VideoError.file`.
  package static func read(
    _ path: String
  ) throws(VideoError) -> (size: PictureSize, frameCount: Int, comment: String?)? {
    let first = path + "/" + fileName(0)
    let isThere = try file { () throws(FileError) in
      guard try FileFacts.of(path)?.kind == .directory else { return false }
      return try FileFacts.of(first) != nil
    }
    guard isThere, let (size, comment) = try PNGComment.read(first) else { return nil }
    let names = Set(try file { () throws(FileError) in try directoryEntries(path) })
    let count = (0...).first { !names.contains(fileName($0)) } ?? 0
    return (size, count, comment)
  }

  package func finish() throws(VideoError) {
    do {
      try output.finish()
    } catch .file(.system(_, _, let code)) where code == ENOTEMPTY || code == EEXIST {
      throw .folderNotEmpty(path: path)
    }
  }

  package func cancel() { output.cancel() }
}

/// `out/` and `out` are the same folder.
func withoutTrailingSlashes(_ path: String) -> String {
  var path = path
  while path.utf8.count > 1 && path.hasSuffix("/") { path.removeLast() }
  return path
}
