import Glibc

/// A file that appears under its name only when it is whole.
///
/// The bytes go to a hidden temporary name in the same directory; `commit` flushes them to the disk
/// (`fsync`), renames, and flushes the directory. A file that is never committed is removed when
/// the object goes, or by `discardAll` when the program is interrupted. What stood under the name
/// stays as it was until the rename.
///
/// One thread at a time may use an object; it may move between threads.
package final class AtomicFile: @unchecked Sendable {
  /// The name that the file will have.
  package let path: String
  /// Where the bytes are until then; other libraries may open it by this path.
  package let temporaryPath: String
  /// Open for reading and writing until `commit` or `discard`.
  package let fileDescriptor: Int32

  private let destination: String
  private let debris: Debris.Ticket
  private var isOpen = true

  /// Creates the temporary file.
  ///
  /// A symbolic link at `path` is followed, so that what it points to is replaced; a file that is
  /// replaced hands its permissions on.
  ///
  /// - Throws: `FileError`: directory missing or not writable, a directory or device in the place.
  package init(_ path: String) throws(FileError) {
    let existing = try checkDestination(path)
    let destination = existing == nil ? path : resolved(path)
    let temporary = try TemporaryName.claim(beside: destination) { (name) throws(FileError) in
      let descriptor = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor >= 0 { return descriptor }
      if errno == EEXIST { return nil }
      throw .system(action: "create a file for", path: path, code: errno)
    }
    guard let temporary else {
      throw .system(action: "create a file for", path: path, code: EEXIST)
    }
    let descriptor = temporary.value
    if let existing { fchmod(descriptor, existing.mode) }
    self.path = path
    self.destination = destination
    temporaryPath = temporary.path
    fileDescriptor = descriptor
    debris = temporary.debris
  }

  deinit { discard() }

  /// Appends bytes at the current position.
  ///
  /// - Throws: `FileError.system` with the path, `isOutOfRoom` where the disk is full.
  package func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    guard isOpen else { throw .discarded(path: path) }
    var rest = bytes
    while let base = rest.baseAddress, rest.count > 0 {
      let written = Glibc.write(fileDescriptor, base, rest.count)
      if written < 0 {
        if errno == EINTR { continue }
        throw .system(action: "write", path: path, code: errno)
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
  }

  /// Appends bytes at the current position.
  package func write(_ bytes: [UInt8]) throws(FileError) {
    let result = bytes.withUnsafeBytes { (buffer) -> Result<Void, FileError> in
      Result { () throws(FileError) in try write(buffer) }
    }
    try result.get()
  }

  /// Appends a text as UTF-8.
  package func write(_ text: String) throws(FileError) { try write(Array(text.utf8)) }

  /// Moves the position to a byte offset from the start.
  package func seek(to offset: Int) throws(FileError) {
    guard isOpen else { throw .discarded(path: path) }
    guard lseek(fileDescriptor, off_t(offset), SEEK_SET) >= 0 else {
      throw .system(action: "seek in", path: path, code: errno)
    }
  }

  /// Makes the file appear under its name, flushed to the disk. Afterwards the object is spent.
  ///
  /// - Throws: `FileError`; the temporary file is removed then.
  package func commit() throws(FileError) {
    guard isOpen else { throw .discarded(path: path) }
    guard fsync(fileDescriptor) == 0 else { throw failed("flush") }
    // Network file systems report a full disk here at the latest.
    isOpen = false
    guard close(fileDescriptor) == 0 else { throw failed("close") }
    guard rename(temporaryPath, destination) == 0 else { throw failed("rename to") }
    Debris.forget(debris)
    flushDirectory(of: destination)
  }

  /// Gives the file up and removes what was written; nothing where it was committed.
  package func discard() {
    guard isOpen else { return }
    isOpen = false
    close(fileDescriptor)
    // In this order: an interrupt that finds nothing in the table ends the process at once.
    unlink(temporaryPath)
    Debris.forget(debris)
  }

  /// Removes every uncommitted file and folder of this process. Safe in a signal handler.
  package static func discardAll() { Debris.removeAll() }

  /// Writes a whole file at once.
  package static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
    let file = try AtomicFile(path)
    try file.write(bytes)
    try file.commit()
  }

  /// Cleans up after a failed call, whose `errno` stands in the error.
  private func failed(_ action: String) -> FileError {
    let code = errno
    if isOpen { close(fileDescriptor) }
    isOpen = false
    unlink(temporaryPath)
    let wasThere = Debris.forget(debris)
    return wasThere ? .system(action: action, path: path, code: code) : .discarded(path: path)
  }
}

/// The path behind symbolic links, or the path itself where it cannot be resolved.
private func resolved(_ path: String) -> String {
  guard let real = realpath(path, nil) else { return path }
  defer { free(real) }
  return String(cString: real)
}
