import Glibc

/// A file's bytes, mapped read-only into memory: pages are read when they are first touched.
///
/// The mapping lives as long as the object; whoever keeps a pointer into `bytes` keeps the object.
/// A file that another program cuts short while it is mapped is beyond what a mapping can report.
package final class MappedFile: @unchecked Sendable {
  /// The path as it was given.
  package let path: String
  /// The whole file; empty for an empty file.
  package let bytes: UnsafeRawBufferPointer

  /// Opens and maps the file.
  ///
  /// - Throws: `FileError`: missing, not permitted, a directory, a device, not enough address space.
  package init(_ path: String) throws(FileError) {
    try checkPath(path)
    // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .system(action: "open", path: path, code: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .system(action: "look at", path: path, code: errno)
    }
    let facts = FileFacts(status)
    switch facts.kind {
    case .regular: break
    case .directory: throw .isDirectory(path: path)
    case .other: throw .notARegularFile(path: path)
    }
    self.path = path
    if facts.byteCount == 0 {  // mmap refuses a length of zero
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    let address = mmap(nil, facts.byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard let address, address != MAP_FAILED else {
      throw .system(action: "map", path: path, code: errno)
    }
    bytes = UnsafeRawBufferPointer(start: address, count: facts.byteCount)
  }

  deinit {
    if let base = bytes.baseAddress {
      munmap(UnsafeMutableRawPointer(mutating: base), bytes.count)
    }
  }

  /// Gives the memory of the pages back that lie in a range of the bytes. They stay what they are: who touches
  /// them again has them read again, from the system's cache most likely.
  package func discard(_ range: Range<Int>) {
    guard let base = bytes.baseAddress, !range.isEmpty else { return }
    precondition((0..<bytes.count).contains(range), "bytes \(range) of \(bytes.count)")
    let page = sysconf(Int32(_SC_PAGESIZE))
    let start = range.lowerBound / page * page
    // Advice: where it is refused nothing is lost but memory.
    madvise(
      UnsafeMutableRawPointer(mutating: base + start), range.upperBound - start, MADV_DONTNEED)
  }

  /// The bytes as an array, for small files that outlive the mapping.
  package func array() -> [UInt8] { Array(bytes) }
}
