import Glibc

/// Checks, before hours of work, that a file can be written at `path`: the directory is there and
/// writable, nothing but a writable regular file stands under the name, and the disk has room.
///
/// A file is created in the directory for a moment, since permission bits do not tell everything
/// (read-only mounts, `/proc`, quotas).
///
/// - Parameter byteCount: how large the file may become, in bytes.
/// - Throws: `FileError`.
package func checkOutputFile(_ path: String, byteCount: Int = 0) throws(FileError) {
  try checkDestination(path)
  try checkRoom(path, directory: splitPath(path).directory, byteCount: byteCount)
  try AtomicFile(path).discard()
}

/// Checks that files can be written into the directory `path`, or that the directory can be made.
///
/// - Parameter byteCount: how much will be written into it, in bytes.
/// - Throws: `FileError`.
package func checkOutputDirectory(_ path: String, byteCount: Int = 0) throws(FileError) {
  var path = path
  while path.count > 1 && path.hasSuffix("/") { path.removeLast() }
  guard let facts = try FileFacts.of(path) else {
    // Not there yet: a file of the same name must be possible in its parent.
    return try checkOutputFile(path, byteCount: byteCount)
  }
  guard facts.kind == .directory else { throw .notADirectory(path: path) }
  guard access(path, W_OK | X_OK) == 0 else { throw .notWritable(path: path) }
  try checkRoom(path, directory: path, byteCount: byteCount)
  try AtomicFile(path + "/.flipbook-probe").discard()
}

/// Room left for this user on the file system that holds `path`, in bytes.
package func freeByteCount(_ path: String) throws(FileError) -> Int {
  try checkPath(path)
  var status = statvfs()
  guard statvfs(path, &status) == 0 else {
    throw .system(action: "ask for the free room at", path: path, code: errno)
  }
  let (bytes, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(
    by: UInt64(status.f_frsize))
  return overflow ? Int.max : Int(clamping: bytes)
}

/// Looks at the place where an output goes.
///
/// - Returns: what stands there now, a writable regular file, or nil.
@discardableResult
func checkDestination(_ path: String) throws(FileError) -> FileFacts? {
  try checkPath(path)
  let directory = splitPath(path).directory
  guard let above = try FileFacts.of(directory) else {
    throw .directoryMissing(path: path, directory: directory)
  }
  guard above.kind == .directory else { throw .notADirectory(path: directory) }
  let existing = try FileFacts.of(path)
  switch existing?.kind {
  case .directory: throw .isDirectory(path: path)
  case .other: throw .notARegularFile(path: path)
  case .regular where access(path, W_OK) != 0: throw .notWritable(path: path)
  case .regular, nil: break
  }
  guard access(directory, W_OK | X_OK) == 0 else { throw .notWritable(path: directory) }
  return existing
}

private func checkRoom(_ path: String, directory: String, byteCount: Int) throws(FileError) {
  guard byteCount > 0 else { return }
  let free = try freeByteCount(directory)
  if free < byteCount { throw .noRoom(path: path, needed: byteCount, free: free) }
}
