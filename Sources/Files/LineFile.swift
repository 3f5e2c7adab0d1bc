import Glibc

/// A file of lines that grows by one whole line at a time, each on the disk before the next begins.
///
/// A process that is killed leaves whole lines and perhaps a beginning of one, which the next opening
/// shows apart and the next line replaces. One process at a time may have the file open. One thread
/// at a time may use an object; it may move between threads.
package final class LineFile: @unchecked Sendable {
  package let path: String
  /// What stood in the file when it was opened, without the line ends.
  package let lines: [String]
  /// What stood behind the last line end.
  package let tail: String

  private let descriptor: Int32
  /// Where the next line begins, in bytes.
  private var end: Int

  /// Opens a file that is there, and keeps other processes from it.
  ///
  /// - Throws: `FileError`.
  package convenience init(_ path: String) throws(FileError) {
    try self.init(path, flags: 0)
  }

  /// Makes a file that is not there.
  ///
  /// - Throws: `FileError`; `EEXIST` where something stands there by now.
  package convenience init(creating path: String) throws(FileError) {
    try checkDestination(path)
    try self.init(path, flags: O_CREAT | O_EXCL)
    flushDirectory(of: path)
  }

  private init(_ path: String, flags: Int32) throws(FileError) {
    if let facts = try FileFacts.of(path) {
      if facts.kind == .directory { throw .isDirectory(path: path) }
      if facts.kind == .other { throw .notARegularFile(path: path) }
    }
    let descriptor = open(path, O_RDWR | O_APPEND | O_CLOEXEC | flags, 0o666)
    guard descriptor >= 0 else { throw .system(action: "open", path: path, code: errno) }
    do throws(FileError) {
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        throw .system(action: "lock (another run may be writing it)", path: path, code: errno)
      }
      let bytes = try MappedFile(path).array()
      end = (bytes.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
      lines = bytes[..<end].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        .dropLast().map { String(decoding: $0, as: UTF8.self) }
      tail = String(decoding: bytes[end...], as: UTF8.self)
    } catch {
      close(descriptor)
      throw error
    }
    self.path = path
    self.descriptor = descriptor
  }

  deinit {
    // Closing would not do while a process that has just been started holds a copy of the descriptor.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }

  /// Appends a line, in place of whatever stood behind the last one, and flushes it to the disk.
  ///
  /// - Throws: `FileError`; the file ends with the line before then.
  package func append(_ line: String) throws(FileError) {
    guard ftruncate(descriptor, off_t(end)) == 0 else {
      throw .system(action: "shorten", path: path, code: errno)
    }
    let bytes = Array((line + "\n").utf8)
    var count = 0
    while count < bytes.count {
      let written = bytes[count...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { throw failed("write") }
      count += written
    }
    guard fsync(descriptor) == 0 else { throw failed("flush") }
    end += bytes.count
  }

  private func failed(_ action: String) -> FileError {
    let code = errno
    ftruncate(descriptor, off_t(end))
    return .system(action: action, path: path, code: code)
  }
}
