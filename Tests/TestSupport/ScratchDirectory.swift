import Files
import Glibc

/// A directory for one test, removed with everything in it when the object goes.
package final class ScratchDirectory {
  package let path: String

  package init() throws {
    var template = Array("/tmp/flipbook-tests-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw FileError.system(action: "create", path: "/tmp", code: errno)
    }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit { removeTree(path) }

  /// Writes a file below the directory, with the directories that lead to it. It goes past
  /// `AtomicFile`, which is one of the things that are tested.
  ///
  /// - Returns: the file's path.
  @discardableResult
  package func write(_ bytes: [UInt8], to name: String) throws -> String {
    let path = "\(path)/\(name)"
    var position = name.startIndex
    while let slash = name[position...].firstIndex(of: "/") {
      mkdir("\(self.path)/\(name[..<slash])", 0o777)
      position = name.index(after: slash)
    }
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    defer { close(descriptor) }
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
      throw FileError.system(action: "write", path: path, code: errno)
    }
    return path
  }

  /// Writes a text as UTF-8.
  @discardableResult
  package func write(_ text: String, to name: String) throws -> String {
    try write(Array(text.utf8), to: name)
  }

  /// The names in it, hidden ones as well.
  package var names: [String] { get throws { try directoryEntries(path) } }
}

private func removeTree(_ path: String) {
  if unlink(path) == 0 { return }  // fails for directories alone, and follows no link
  for name in (try? directoryEntries(path)) ?? [] { removeTree("\(path)/\(name)") }
  rmdir(path)
}
