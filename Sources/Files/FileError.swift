import Glibc

/// What went wrong with a file: the path, what was being done, and the system's own words.
package enum FileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A call to the system failed; `code` is its `errno`.
  case system(action: String, path: String, code: Int32)
  /// A file was wanted and a directory stands there.
  case isDirectory(path: String)
  /// Something that is neither file nor directory stands there: a device, a pipe, a socket.
  case notARegularFile(path: String)
  /// The directory that an output belongs in does not exist.
  case directoryMissing(path: String, directory: String)
  /// The place where a directory was wanted holds something else.
  case notADirectory(path: String)
  /// The user may not write here.
  case notWritable(path: String)
  /// Less room is left on the disk than the output needs, in bytes.
  case noRoom(path: String, needed: Int, free: Int)
  /// A path holds a zero byte, which no file system can store, or is empty.
  case badPath(path: String)
  /// The file was given up (by `AtomicFile.discard`, or by an interrupt) before it was committed.
  case discarded(path: String)

  /// The path that the error is about.
  package var path: String {
    switch self {
    case .system(_, let path, _), .isDirectory(let path), .notARegularFile(let path),
      .directoryMissing(let path, _), .notADirectory(let path), .notWritable(let path),
      .noRoom(let path, _, _), .badPath(let path), .discarded(let path):
      path
    }
  }

  /// True where the file is not there at all.
  package var isMissing: Bool {
    if case .system(_, _, let code) = self { return code == ENOENT || code == ENOTDIR }
    return false
  }

  /// True where the disk, or the user's share of it, is full.
  package var isOutOfRoom: Bool {
    switch self {
    case .system(_, _, let code): code == ENOSPC || code == EDQUOT || code == EFBIG
    case .noRoom: true
    default: false
    }
  }

  package var description: String {
    switch self {
    case .system(let action, let path, let code):
      let words = "cannot \(action) \"\(path)\": \(errorText(code))"
      return isOutOfRoom ? words + "; free some room or choose another place" : words
    case .isDirectory(let path):
      return "\"\(path)\" is a directory, expected a file"
    case .notARegularFile(let path):
      return "\"\(path)\" is a device, pipe or socket, expected a regular file"
    case .directoryMissing(let path, let directory):
      return "cannot write \"\(path)\": the directory \"\(directory)\" does not exist; "
        + "create it first"
    case .notADirectory(let path):
      return "\"\(path)\" is not a directory"
    case .notWritable(let path):
      return "\"\(path)\" is not writable; change its permissions or choose another place"
    case .noRoom(let path, let needed, let free):
      return "cannot write \"\(path)\": it needs about \(megabytes(needed)), and the disk has "
        + "\(megabytes(free)) left; free some room or choose another place"
    case .badPath(let path):
      return path.isEmpty
        ? "the path is empty" : "the path \(String(reflecting: path)) holds a zero byte"
    case .discarded(let path):
      return "\"\(path)\" was given up before it was whole"
    }
  }
}

/// The system's words for an `errno`, through the thread-safe call.
private func errorText(_ code: Int32) -> String {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
    // glibc's XSI variant fills the buffer and returns zero.
    guard let base = buffer.baseAddress, strerror_r(code, base, buffer.count) == 0 else {
      return "error \(code)"
    }
    return String(cString: base)
  }
}

/// Bytes in words, one decimal below ten megabytes.
private func megabytes(_ bytes: Int) -> String {
  if bytes < 1_000_000 { return "\((bytes + 999) / 1000) kB" }
  let tenths = bytes / 100_000
  return tenths < 100 ? "\(tenths / 10).\(tenths % 10) MB" : "\(bytes / 1_000_000) MB"
}
