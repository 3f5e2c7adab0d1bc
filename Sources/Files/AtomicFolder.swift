import Glibc

/// What `AtomicFile` and `AtomicFolder` have in common.
package protocol AtomicOutput: AnyObject {
  /// Makes a hidden place beside `path`.
  init(_ path: String) throws(FileError)
  /// Makes the output appear under its name.
  func commit() throws(FileError)
  /// Removes what was written; nothing where it was committed.
  func discard()
}

extension AtomicFile: AtomicOutput {}
extension AtomicFolder: AtomicOutput {}

/// A folder that appears under its name only when everything in it is written.
///
/// Until `commit` it has a hidden name in the same directory. A folder that is never committed is
/// removed, with the files in it, when the object goes, or by `AtomicFile.discardAll` when the
/// program is interrupted.
///
/// One thread at a time may use an object; it may move between threads.
package final class AtomicFolder: @unchecked Sendable {
  /// The name that the folder will have.
  package let path: String
  /// Where it is until then. It may hold files, and no folders.
  package let temporaryPath: String

  private let debris: Debris.Ticket
  private var isOpen = true

  /// Makes the temporary folder.
  ///
  /// - Throws: `FileError`: directory missing or not writable, something else in the place.
  package init(_ path: String) throws(FileError) {
    try checkOutputDirectory(path)
    let temporary = try TemporaryName.claim(beside: path) { (name) throws(FileError) in
      if mkdir(name, 0o777) == 0 { return () }
      if errno == EEXIST { return nil }
      throw .system(action: "create a folder for", path: path, code: errno)
    }
    guard let temporary else {
      throw .system(action: "create a folder for", path: path, code: EEXIST)
    }
    self.path = path
    temporaryPath = temporary.path
    debris = temporary.debris
  }

  deinit { discard() }

  /// Writes a file into the folder, flushed to the disk.
  package func write(_ bytes: [UInt8], to name: String) throws(FileError) {
    guard isOpen else { throw .discarded(path: path) }
    do throws(FileError) {
      try AtomicFile.write(bytes, to: "\(temporaryPath)/\(name)")
    } catch {
      // An error names the folder, and not the hidden place beside it.
      guard case .system(let action, _, let code) = error else { throw error }
      throw .system(action: action, path: path, code: code)
    }
  }

  /// Makes the folder appear under its name; an empty one in the place is replaced. Afterwards the
  /// object is spent.
  ///
  /// - Throws: `FileError`, with `ENOTEMPTY` or `EEXIST` where something stands in the place by now;
  ///   the temporary folder is removed then.
  package func commit() throws(FileError) {
    guard isOpen else { throw .discarded(path: path) }
    guard rename(temporaryPath, path) == 0 else {
      let code = errno
      discard()
      throw .system(action: "rename to", path: path, code: code)
    }
    isOpen = false
    Debris.forget(debris)
    flushDirectory(of: path)
  }

  /// Gives the folder up and removes what was written; nothing where it was committed.
  package func discard() {
    guard isOpen else { return }
    isOpen = false
    // In this order: an interrupt that finds nothing in the table ends the process at once.
    Debris.remove(temporaryPath)
    Debris.forget(debris)
  }
}
