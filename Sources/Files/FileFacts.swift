import Glibc

/// What stands at a path, as `stat(2)` tells it.
package struct FileFacts: Sendable {
  /// The kinds that Flipbook tells apart.
  package enum Kind: Sendable { case regular, directory, other }

  package let kind: Kind
  /// Size in bytes.
  package let byteCount: Int
  /// Permission bits.
  package let mode: UInt32

  init(_ status: stat) {
    kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .regular
      case S_IFDIR: .directory
      default: .other
      }
    byteCount = Int(status.st_size)
    mode = status.st_mode & 0o7777
  }

  /// Looks at what stands at `path`, following symbolic links.
  ///
  /// - Returns: nil where nothing stands there.
  /// - Throws: `FileError` where the system would not say.
  package static func of(_ path: String) throws(FileError) -> FileFacts? {
    try checkPath(path)
    var status = stat()
    guard stat(path, &status) == 0 else {
      let code = errno
      if code == ENOENT || code == ENOTDIR { return nil }
      throw .system(action: "look at", path: path, code: code)
    }
    return FileFacts(status)
  }
}

/// The names in a directory without `.` and `..`, sorted by their bytes.
///
/// - Throws: `FileError` where the directory cannot be read.
package func directoryEntries(_ path: String) throws(FileError) -> [String] {
  try checkPath(path)
  guard let directory = opendir(path) else {
    throw .system(action: "read the directory", path: path, code: errno)
  }
  defer { closedir(directory) }
  var names: [String] = []
  errno = 0
  while let entry = readdir(directory) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
      tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if name != "." && name != ".." { names.append(name) }
  }
  guard errno == 0 else {
    throw .system(action: "read the directory", path: path, code: errno)
  }
  return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}

/// Refuses paths that the system's calls would cut short or misread.
func checkPath(_ path: String) throws(FileError) {
  if path.isEmpty || path.utf8.contains(0) { throw .badPath(path: path) }
}

/// The directory that holds `path`, and the last name of it.
package func splitPath(_ path: String) -> (directory: String, name: String) {
  guard let slash = path.lastIndex(of: "/") else { return (".", path) }
  let directory = slash == path.startIndex ? "/" : String(path[..<slash])
  return (directory, String(path[path.index(after: slash)...]))
}
