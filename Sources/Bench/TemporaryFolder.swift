import Glibc

/// A folder for what a benchmark writes, removed with it.
final class TemporaryFolder {
  let path: String

  init() throws {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(base)/flipbook-benchmarks-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw BenchmarkError.temporaryFolder(path: base, problem: String(cString: strerror(errno)))
    }
    path = template.withUnsafeBufferPointer { bytes in
      bytes.baseAddress.map { String(cString: $0) } ?? base
    }
  }

  deinit {
    guard let folder = opendir(path) else { return }
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
        name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { unlink("\(path)/\(name)") }
    }
    closedir(folder)
    rmdir(path)
  }
}

/// What keeps a benchmark from being run, besides what the modules throw.
enum BenchmarkError: Error, CustomStringConvertible {
  case temporaryFolder(path: String, problem: String)

  var description: String {
    switch self {
    case .temporaryFolder(let path, let problem):
      return "no folder can be made in \"\(path)\": \(problem); set TMPDIR to one that can be"
        + " written to"
    }
  }
}
