import Files
import Glibc

/// A directory for one test, removed with everything in it when the object goes.
final class ScratchDirectory {
  let path: String

  init() throws {
    var template = Array("/tmp/flipbook-tests-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw FileError.system(action: "create", path: "/tmp", code: errno)
    }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit { removeTree(path) }

  /// Writes a file below the directory, with the directories that lead to it.
  @discardableResult
  func write(_ bytes: [UInt8], to name: String) throws -> String {
    var position = name.startIndex
    while let slash = name[position...].firstIndex(of: "/") {
      mkdir("\(path)/\(name[..<slash])", 0o777)
      position = name.index(after: slash)
    }
    try AtomicFile.write(bytes, to: "\(path)/\(name)")
    return "\(path)/\(name)"
  }

  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    try write(Array(text.utf8), to: name)
  }
}

private func removeTree(_ path: String) {
  if unlink(path) == 0 { return }  // fails for directories alone, and follows no link
  for name in (try? directoryEntries(path)) ?? [] { removeTree("\(path)/\(name)") }
  rmdir(path)
}
