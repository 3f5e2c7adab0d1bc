import CDirectory
import Glibc
import Synchronization

/// The temporary files and folders that stand on the disk right now, so that an interrupt can remove
/// them.
///
/// A signal handler may run in the middle of anything, so removing takes no lock and allocates
/// nothing: a fixed table of C strings, taken out one by one with an atomic exchange, and `unlink(2)`
/// and `rmdir(2)`, which POSIX allows in a handler. The names in a folder come straight from the
/// kernel (`getdents64`), since `opendir(3)` allocates.
enum Debris {
  /// More than this many files at once stay out of the table and are removed by `deinit` alone.
  static let capacity = 256

  /// A row of the table.
  struct Ticket: Sendable {
    fileprivate let row: Int?
    static let none = Ticket(row: nil)
  }

  private struct Table: @unchecked Sendable {
    let rows: UnsafeMutablePointer<Atomic<UInt>>

    init() {
      rows = .allocate(capacity: Debris.capacity)
      for row in 0..<Debris.capacity { (rows + row).initialize(to: Atomic(0)) }
    }
  }
  private static let table = Table()

  /// Notes a path down. The copy of it is freed by `forget`.
  static func note(_ path: String) -> Ticket {
    guard let copy = strdup(path) else { return .none }
    let bits = UInt(bitPattern: copy)
    for row in 0..<capacity {
      let (exchanged, _) = table.rows[row].compareExchange(
        expected: 0, desired: bits, ordering: .acquiringAndReleasing)
      if exchanged { return Ticket(row: row) }
    }
    free(copy)
    return .none
  }

  /// Strikes a path out.
  ///
  /// - Returns: false where an interrupt has removed the file already.
  @discardableResult
  static func forget(_ ticket: Ticket) -> Bool {
    guard let row = ticket.row else { return true }
    let bits = table.rows[row].exchange(0, ordering: .acquiringAndReleasing)
    guard let copy = UnsafeMutablePointer<CChar>(bitPattern: bits) else { return false }
    free(copy)
    return true
  }

  /// Removes everything in the table. The copies of the paths leak: a handler may not free them.
  static func removeAll() {
    for row in 0..<capacity {
      let bits = table.rows[row].exchange(0, ordering: .acquiringAndReleasing)
      if let path = UnsafePointer<CChar>(bitPattern: bits) { remove(path) }
    }
  }

  /// Removes a file, or a folder with the files in it. Safe in a signal handler.
  static func remove(_ path: UnsafePointer<CChar>) {
    if unlink(path) == 0 { return }  // fails for directories alone, and follows no link
    let folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard folder >= 0 else { return }
    // The buffer lies on the stack. Removing moves what is left, so the reading begins anew until
    // nothing is; and another thread may put one more file there.
    withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 8) { buffer in
      for _ in 0..<16 {
        while removeSome(in: folder, buffer) { lseek(folder, 0, SEEK_SET) }
        if rmdir(path) == 0 || errno != ENOTEMPTY { break }
      }
    }
    close(folder)
  }

  /// Removes the files of a folder that fit into one reading.
  ///
  /// - Parameter buffer: takes rows of `struct dirent64`: the length of the row at byte 16, the name,
  ///   ended with a zero, from byte 19 on (getdents(2)).
  /// - Returns: whether any was removed.
  private static func removeSome(in folder: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Bool
  {
    guard let base = buffer.baseAddress else { return false }
    let count = flipbook_getdents64(folder, base, buffer.count)
    var position = 0
    var hasRemoved = false
    while position < count {
      let name = (base + position + 19).assumingMemoryBound(to: CChar.self)
      if unlinkat(folder, name, 0) == 0 { hasRemoved = true }
      position += Int((base + position + 16).loadUnaligned(as: UInt16.self))
    }
    return hasRemoved
  }
}
