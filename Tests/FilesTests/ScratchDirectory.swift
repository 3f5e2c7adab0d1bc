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

  /// Writes a file past `AtomicFile`, which is what is tested here.
  @discardableResult
  func write(_ bytes: [UInt8], to name: String) -> String {
    let descriptor = open("\(path)/\(name)", O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    precondition(Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
    close(descriptor)
    return "\(path)/\(name)"
  }

  /// The names in it, hidden ones as well.
  var names: [String] { get throws { try directoryEntries(path) } }
}

private func removeTree(_ path: String) {
  if unlink(path) == 0 { return }  // fails for directories alone, and follows no link
  for name in (try? directoryEntries(path)) ?? [] { removeTree("\(path)/\(name)") }
  rmdir(path)
}
