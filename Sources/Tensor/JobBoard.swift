import CSIMD
import Glibc
import Synchronization

/// Where a pool's threads find their work.
///
/// A job's blocks are claimed in shares of some that follow one another. The shares lie in queues, as
/// many as there are threads: a thread begins with its own and goes on with those of the others, so
/// that of job after job it does the same part, whose rows are in its cache. One word a queue, the
/// ticket, holds the number of the job and how many of its shares are unclaimed, so that a claim is
/// one subtraction, which no thread has to try twice however many there are, and which tells by the
/// number what was claimed: a late worker can never run a block of a job that is over, and the caller
/// need not wait for workers that never woke.
///
/// Threads look for work, or for the end of it, for as long as it takes to wake a sleeper; then they
/// sleep. A job wakes no more than it has work for, and those who wake call the next, so that the
/// caller begins to work after two calls of the system, not after sixty-three.
final class JobBoard: @unchecked Sendable {
  typealias Body = @Sendable (_ index: Int) -> Void

  /// What a ticket's lower half counts from: threads that come too late subtract as well.
  private static let noShares: UInt64 = 1 << 31
  private static let shareMask: UInt64 = 1 << 32 - 1

  /// Shares for each thread: many, so that they end together; but not as many as there are blocks,
  /// where those are small and the claims would be most of the work.
  private static let sharesPerThread = 64

  /// Queues at most: posting a job writes to each of them.
  private static let mostQueues = 8

  /// A queue: the number of the job in the upper half, its unclaimed shares above `noShares` in the
  /// lower. The first one's is written last, and says that there is a job.
  private let tickets: UnsafeMutablePointer<SeparateWord>
  private let queues: Int
  /// Shares of the job that are not finished. A thread subtracts all that it ran at once.
  private let unfinished = SeparateWord()
  /// Workers that sleep or are about to.
  private let sleepers = SeparateWord()
  private let callerSleeps = Atomic<Bool>(false)
  private let closed = Atomic<Bool>(false)

  // Written by the caller before it publishes the ticket, read after a share was claimed.
  private var count = 0
  private var shareCount = 0
  private var shareSize = 1
  private var body: UnsafePointer<Body>?

  private let threads: Int
  /// Workers that have begun their life.
  private let workerCount = Atomic<Int>(0)
  private let turn: UnsafeMutablePointer<pthread_mutex_t>
  private let lock: UnsafeMutablePointer<pthread_mutex_t>
  private let jobPosted: UnsafeMutablePointer<pthread_cond_t>
  private let jobDone: UnsafeMutablePointer<pthread_cond_t>
  private let insideKey: pthread_key_t

  /// - Parameter threads: how many may work at once, the caller among them.
  init(threads: Int) {
    self.threads = threads
    queues = min(threads, JobBoard.mostQueues)
    tickets = .allocate(capacity: queues)
    for queue in 0..<queues { (tickets + queue).initialize(to: SeparateWord()) }
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
    tickets.deinitialize(count: queues)
    tickets.deallocate()
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
    pthread_mutex_lock(turn)
    defer { pthread_mutex_unlock(turn) }
    self.count = count
    self.body = body
    shareSize = max(1, count / (JobBoard.sharesPerThread * threads))
    shareCount = (count + shareSize - 1) / shareSize
    unfinished.word.store(UInt64(shareCount), ordering: .relaxed)
    let job = ((tickets[0].word.load(ordering: .relaxed) >> 32) &+ 1) & JobBoard.shareMask
    for queue in (0..<queues).reversed() {
      let posted = job << 32 | (JobBoard.noShares + UInt64(shares(queue).count))
      tickets[queue].word.store(posted, ordering: .sequentiallyConsistent)
    }
    let asleep = sleepers.word.load(ordering: .sequentiallyConsistent)
    if asleep > 0 {
      pthread_mutex_lock(lock)
      wake(min(Int(asleep), shareCount - 1))
      pthread_mutex_unlock(lock)
    }
    takePart(from: 0)
    awaitEnd()
    self.body = nil
  }

  /// A worker's life: look for a job, take part, look again; sleep when there is none for long.
  func work() {
    // The caller's queue is the first.
    let number = workerCount.add(1, ordering: .relaxed).newValue
    var seen: UInt64 = 0
    while let job = nextJob(after: seen) {
      seen = job
      takePart(from: number % queues)
    }
  }

  /// Sends the workers home. No job may be running.
  func close() {
    closed.store(true, ordering: .sequentiallyConsistent)
    pthread_mutex_lock(lock)
    pthread_cond_broadcast(jobPosted)
    pthread_mutex_unlock(lock)
  }

  /// Runs shares until there are none, those of queue `own` first.
  private func takePart(from own: Int) {
    // Who comes late looks before it writes, and takes the word from nobody.
    guard unclaimedShares > 0, let first = claim(from: own) else { return }
    pthread_setspecific(insideKey, UnsafeRawPointer(lock))
    let finished = runShares(from: first, own)
    pthread_setspecific(insideKey, nil)
    finish(finished)
  }

  /// The shares of a queue.
  @inline(__always)
  private func shares(_ queue: Int) -> Range<Int> {
    // What does not divide goes to the first ones, the caller's own before all.
    (shareCount * queue + queues - 1) / queues..<(shareCount * (queue + 1) + queues - 1) / queues
  }

  /// Takes the next share, of queue `own` or else of those behind it in a circle; `nil` where there is
  /// none.
  @inline(__always)
  private func claim(from own: Int) -> Int? {
    var queue = own
    repeat {
      if unclaimedShares(queue) > 0 {
        let claimed = tickets[queue].word.subtract(1, ordering: .acquiringAndReleasing).oldValue
        let rest = Int(claimed & JobBoard.shareMask) - Int(JobBoard.noShares)
        if rest > 0 { return shares(queue).upperBound - rest }
      }
      queue = queue + 1 == queues ? 0 : queue + 1
    } while queue != own
    return nil
  }

  /// How many shares of a queue nobody has claimed, a moment ago.
  @inline(__always)
  private func unclaimedShares(_ queue: Int) -> Int {
    Int(tickets[queue].word.load(ordering: .relaxed) & JobBoard.shareMask) - Int(JobBoard.noShares)
  }

  /// How many shares nobody has claimed, a moment ago.
  private var unclaimedShares: Int {
    (0..<queues).reduce(0) { $0 + max(0, unclaimedShares($1)) }
  }

  /// Runs a share and all that can be claimed after it. They are of one job: it cannot end, and so no
  /// other begin, before this thread has said that it is through.
  ///
  /// The closure is loaded once, as counting its references would be most of the work of small blocks;
  /// not inlined, so that no reference outlives the call: it may not escape.
  /// - Returns: how many shares were run.
  @inline(never)
  private func runShares(from first: Int, _ own: Int) -> UInt64 {
    guard let body = body?.pointee else { return 0 }
    var finished: UInt64 = 0
    var next: Int? = first
    while let share = next {
      let start = share * shareSize
      let end = min(start + shareSize, count)
      for index in start..<end { body(index) }
      finished += 1
      next = claim(from: own)
    }
    return finished
  }

  private func finish(_ shares: UInt64) {
    let rest = unfinished.word.subtract(shares, ordering: .sequentiallyConsistent).newValue
    guard rest == 0, callerSleeps.load(ordering: .sequentiallyConsistent) else { return }
    pthread_mutex_lock(lock)
    pthread_cond_signal(jobDone)
    pthread_mutex_unlock(lock)
  }

  private func awaitEnd() {
    var patience = Patience()
    while patience.lasts() {
      if unfinished.word.load(ordering: .acquiring) == 0 { return }
    }
    pthread_mutex_lock(lock)
    callerSleeps.store(true, ordering: .sequentiallyConsistent)
    while unfinished.word.load(ordering: .sequentiallyConsistent) > 0 {
      pthread_cond_wait(jobDone, lock)
    }
    callerSleeps.store(false, ordering: .sequentiallyConsistent)
    pthread_mutex_unlock(lock)
  }

  /// The number of a job that this worker has not seen, or `nil` when the board is closed.
  private func nextJob(after seen: UInt64) -> UInt64? {
    var patience = Patience()
    while patience.lasts() {
      let job = tickets[0].word.load(ordering: .acquiring) >> 32
      if job != seen { return job }
      if closed.load(ordering: .acquiring) { return nil }
    }
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    sleepers.word.add(1, ordering: .sequentiallyConsistent)
    while true {
      let job = tickets[0].word.load(ordering: .sequentiallyConsistent) >> 32
      if job != seen {
        let asleep = sleepers.word.subtract(1, ordering: .sequentiallyConsistent).newValue
        wake(min(Int(asleep), unclaimedShares - 1))
        return job
      }
      if closed.load(ordering: .sequentiallyConsistent) {
        sleepers.word.subtract(1, ordering: .sequentiallyConsistent)
        return nil
      }
      pthread_cond_wait(jobPosted, lock)
    }
  }

  /// Wakes up to `wanted` workers: two, each of which wakes two more. The lock is held.
  private func wake(_ wanted: Int) {
    for _ in 0..<min(max(wanted, 0), 2) { pthread_cond_signal(jobPosted) }
  }
}

/// An atomic word with cache lines to itself, so that what others write beside it does not slow who
/// reads it. Two lines on either side: processors fetch them in pairs.
private struct SeparateWord: ~Copyable {
  private let before = InlineArray<16, UInt64>(repeating: 0)
  let word = Atomic<UInt64>(0)
  private let after = InlineArray<16, UInt64>(repeating: 0)
}

/// How long a thread looks before it sleeps: about as long as it takes to wake a sleeper.
private struct Patience {
  private static let nanoseconds = 50_000
  /// Looks between two looks at the clock, which cost as much as some of them.
  private static let looksPerCheck = 32

  private var looks = 0
  private var end = 0

  /// Waits for the blink of an eye; false when it is time to sleep.
  mutating func lasts() -> Bool {
    looks += 1
    flipbook_pause()
    guard looks % Patience.looksPerCheck == 0 else { return true }
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    let now = time.tv_sec * 1_000_000_000 + time.tv_nsec
    if end == 0 { end = now + Patience.nanoseconds }
    return now < end
  }
}
