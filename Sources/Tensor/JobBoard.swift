import CSIMD
import Glibc
import Synchronization

/// Where a pool's threads find their work.
///
/// One word, the ticket, holds the number of the job and how many of its blocks are unclaimed.
/// Claiming a block is one compare-and-exchange on it, which fails when another job has taken the
/// board, so that a late worker can never run a block of a job that is over; and the caller need
/// not wait for workers that never woke.
final class JobBoard: @unchecked Sendable {
  typealias Body = @Sendable (_ index: Int) -> Void

  /// How often a thread looks before it sleeps: some microseconds, the gap between two layers.
  private static let spins = 2_000

  /// The number of the job in the upper half, its unclaimed blocks in the lower.
  private let ticket = Atomic<UInt64>(0)
  private let unfinished = Atomic<Int>(0)
  private let sleepers = Atomic<Int>(0)
  private let callerSleeps = Atomic<Bool>(false)
  private let closed = Atomic<Bool>(false)

  // Written by the caller before it publishes the ticket, read after a block was claimed.
  private var count = 0
  private var body: UnsafePointer<Body>?

  private let turn: UnsafeMutablePointer<pthread_mutex_t>
  private let lock: UnsafeMutablePointer<pthread_mutex_t>
  private let jobPosted: UnsafeMutablePointer<pthread_cond_t>
  private let jobDone: UnsafeMutablePointer<pthread_cond_t>
  private let insideKey: pthread_key_t

  init() {
    turn = .allocate(capacity: 1)
    lock = .allocate(capacity: 1)
    jobPosted = .allocate(capacity: 1)
    jobDone = .allocate(capacity: 1)
    pthread_mutex_init(turn, nil)
    pthread_mutex_init(lock, nil)
    pthread_cond_init(jobPosted, nil)
    pthread_cond_init(jobDone, nil)
    var key = pthread_key_t()
    let status = pthread_key_create(&key, nil)
    precondition(status == 0, "no thread-specific key left: too many pools")
    insideKey = key
  }

  deinit {
    pthread_key_delete(insideKey)
    pthread_cond_destroy(jobDone)
    pthread_cond_destroy(jobPosted)
    pthread_mutex_destroy(lock)
    pthread_mutex_destroy(turn)
    jobDone.deallocate()
    jobPosted.deallocate()
    lock.deallocate()
    turn.deallocate()
  }

  /// Whether this thread is running a block of this pool right now.
  var isInsideJob: Bool { pthread_getspecific(insideKey) != nil }

  /// Posts a job, works on it, and returns when its last block is finished.
  func run(count: Int, body: UnsafePointer<Body>) {
    precondition(count <= UInt32.max, "more blocks than a ticket can count")
    pthread_mutex_lock(turn)
    defer { pthread_mutex_unlock(turn) }
    self.count = count
    self.body = body
    unfinished.store(count, ordering: .relaxed)
    let job = (ticket.load(ordering: .relaxed) >> 32) &+ 1
    ticket.store(job << 32 | UInt64(count), ordering: .sequentiallyConsistent)
    if sleepers.load(ordering: .sequentiallyConsistent) > 0 {
      pthread_mutex_lock(lock)
      pthread_cond_broadcast(jobPosted)
      pthread_mutex_unlock(lock)
    }
    claimBlocks(of: job & 0xffff_ffff)
    awaitEnd()
    self.body = nil
  }

  /// A worker's life: look for a job, take part, look again; sleep when there is none for long.
  func work() {
    var seen: UInt64 = 0
    while let job = nextJob(after: seen) {
      seen = job
      claimBlocks(of: job)
    }
  }

  /// Sends the workers home. No job may be running.
  func close() {
    closed.store(true, ordering: .sequentiallyConsistent)
    pthread_mutex_lock(lock)
    pthread_cond_broadcast(jobPosted)
    pthread_mutex_unlock(lock)
  }

  private func claimBlocks(of job: UInt64) {
    pthread_setspecific(insideKey, UnsafeRawPointer(lock))
    defer { pthread_setspecific(insideKey, nil) }
    var current = ticket.load(ordering: .acquiring)
    while current >> 32 == job, current & 0xffff_ffff > 0 {
      let (claimed, found) = ticket.compareExchange(
        expected: current, desired: current - 1, ordering: .acquiringAndReleasing)
      if claimed {
        runBlock(count - Int(current & 0xffff_ffff))
        finishBlock()
        current = ticket.load(ordering: .acquiring)
      } else {
        current = found
      }
    }
  }

  /// Not inlined, so that no reference to the closure outlives the call: it may not escape.
  @inline(never)
  private func runBlock(_ index: Int) {
    body?.pointee(index)
  }

  private func finishBlock() {
    let rest = unfinished.subtract(1, ordering: .sequentiallyConsistent).newValue
    guard rest == 0, callerSleeps.load(ordering: .sequentiallyConsistent) else { return }
    pthread_mutex_lock(lock)
    pthread_cond_signal(jobDone)
    pthread_mutex_unlock(lock)
  }

  private func awaitEnd() {
    for _ in 0..<JobBoard.spins {
      if unfinished.load(ordering: .acquiring) == 0 { return }
      flipbook_pause()
    }
    pthread_mutex_lock(lock)
    callerSleeps.store(true, ordering: .sequentiallyConsistent)
    while unfinished.load(ordering: .sequentiallyConsistent) > 0 {
      pthread_cond_wait(jobDone, lock)
    }
    callerSleeps.store(false, ordering: .sequentiallyConsistent)
    pthread_mutex_unlock(lock)
  }

  /// The number of a job that this worker has not seen, or `nil` when the board is closed.
  private func nextJob(after seen: UInt64) -> UInt64? {
    for _ in 0..<JobBoard.spins {
      let job = ticket.load(ordering: .acquiring) >> 32
      if job != seen { return job }
      if closed.load(ordering: .acquiring) { return nil }
      flipbook_pause()
    }
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    sleepers.add(1, ordering: .sequentiallyConsistent)
    defer { sleepers.subtract(1, ordering: .sequentiallyConsistent) }
    while true {
      let job = ticket.load(ordering: .sequentiallyConsistent) >> 32
      if job != seen { return job }
      if closed.load(ordering: .sequentiallyConsistent) { return nil }
      pthread_cond_wait(jobPosted, lock)
    }
  }
}
