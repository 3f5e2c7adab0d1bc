import Glibc
import Synchronization

/// The temporary files that stand on the disk right now, so that an interrupt can remove them.
///
/// A signal handler may run in the middle of anything, so removing takes no lock and allocates
/// nothing: a fixed table of C strings, taken out one by one with an atomic exchange, and
/// `unlink(2)`, which POSIX allows in a handler.
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

  /// Removes every file in the table. The copies of the paths leak: a handler may not free them.
  static func removeAll() {
    for row in 0..<capacity {
      let bits = table.rows[row].exchange(0, ordering: .acquiringAndReleasing)
      if let path = UnsafePointer<CChar>(bitPattern: bits) { unlink(path) }
    }
  }
}
