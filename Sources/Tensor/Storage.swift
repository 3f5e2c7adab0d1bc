import Glibc

/// Memory that tensors look into: page-aligned, released with the last reference.
///
/// Anonymous mappings report a shortage as an error, where Swift's arrays would end the process. Large
/// ones lie on huge pages where the system gives them.
package final class Storage: @unchecked Sendable {
  /// The first byte.
  package let base: UnsafeMutableRawPointer
  /// How many bytes may be used from `base` on.
  package let byteCount: Int

  /// What keeps borrowed memory alive; `nil` where this object mapped it.
  private let owner: AnyObject?
  private let mappedByteCount: Int

  /// Maps zeroed memory.
  /// - Parameters:
  ///   - byteCount: how many bytes; none is allowed.
  ///   - purpose: what for, in the words of an error message.
  /// - Throws: `TensorError.outOfMemory`.
  package convenience init(byteCount: Int, purpose: String) throws(TensorError) {
    try self.init(mapping: byteCount, purpose: purpose, flags: MAP_PRIVATE | MAP_ANONYMOUS)
  }

  /// Reserves addresses for memory that comes into being, zeroed, where it is first touched.
  package convenience init(reserving byteCount: Int, purpose: String) throws(TensorError) {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    try self.init(mapping: byteCount, purpose: purpose, flags: flags)
  }

  /// Looks into memory that `owner` holds, a mapped file for one; nothing is copied.
  package init(borrowing base: UnsafeMutableRawPointer, byteCount: Int, owner: AnyObject) {
    self.base = base
    self.byteCount = byteCount
    self.owner = owner
    mappedByteCount = 0
  }

  private init(mapping byteCount: Int, purpose: String, flags: Int32) throws(TensorError) {
    precondition(byteCount >= 0, "a negative number of bytes")
    let mapped = max(byteCount, 1)
    let alignment = mapped >= HugePages.byteCount ? HugePages.byteCount : 1
    guard
      let start = mmap(nil, mapped + alignment - 1, PROT_READ | PROT_WRITE, flags, -1, 0),
      start != MAP_FAILED
    else { throw .outOfMemory(bytes: byteCount, purpose: purpose) }
    base = alignment > 1 ? HugePages.aligned(start, keeping: mapped) : start
    self.byteCount = byteCount
    owner = nil
    mappedByteCount = mapped
  }

  deinit {
    if mappedByteCount > 0 { munmap(base, mappedByteCount) }
  }
}
