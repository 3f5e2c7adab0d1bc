import Glibc
import Synchronization
import Tensor
import Testing

@Suite struct WorkerPoolTests {
  /// Counts that several threads raise.
  private final class Counts: Sendable {
    private let values: Mutex<[Int]>
    init(_ count: Int) { values = Mutex(Array(repeating: 0, count: count)) }
    func raise(_ index: Int) { values.withLock { $0[index] += 1 } }
    var array: [Int] { values.withLock { $0 } }
  }

  @Test(arguments: [1, 2, 3, 5, 16])
  func everyIndexRunsOnce(threads: Int) {
    let pool = WorkerPool(threads: threads)
    for count in [0, 1, 2, 7, 300] {
      let counts = Counts(count)
      pool.parallel(count) { counts.raise($0) }
      #expect(counts.array == Array(repeating: 1, count: count))
    }
  }

  /// More blocks than are claimed one by one, and counts that shares do not divide.
  @Test(arguments: [2, 3, 7])
  func manyBlocksRunOnceEach(threads: Int) {
    let pool = WorkerPool(threads: threads)
    for count in [128 * threads - 1, 128 * threads + 1, 1_000 * threads + 3] {
      let counts = Counts(count)
      pool.parallel(count) { counts.raise($0) }
      #expect(counts.array == Array(repeating: 1, count: count))
    }
  }

  @Test func thousandsOfSmallJobsLoseNothing() {
    let pool = WorkerPool(threads: 3)
    let total = Atomic<Int>(0)
    for job in 0..<5_000 {
      pool.parallel(job % 5) { total.add($0 + 1, ordering: .relaxed) }
    }
    // 1 + 3 + 6 + 10 blocks' worth in every five jobs.
    #expect(total.load(ordering: .relaxed) == 20 * 1_000)
  }

  @Test func workersWakeAfterSleeping() {
    let pool = WorkerPool(threads: 2)
    for _ in 0..<5 {
      usleep(5_000)
      let counts = Counts(8)
      pool.parallel(8) {
        usleep(200)
        counts.raise($0)
      }
      #expect(counts.array == Array(repeating: 1, count: 8))
    }
  }

  /// Sleepers are called by those who were called before them.
  @Test func everySleeperIsCalled() {
    let pool = WorkerPool(threads: 8)
    usleep(5_000)
    let started = Atomic<Int>(0)
    // No block ends before all have begun, for which every thread of the pool must be awake.
    pool.parallel(8) { _ in
      started.add(1, ordering: .relaxed)
      while started.load(ordering: .relaxed) < 8 { usleep(100) }
    }
    #expect(started.load(ordering: .relaxed) == 8)
  }

  @Test func aJobInsideAJobRunsInPlace() {
    let pool = WorkerPool(threads: 3)
    let counts = Counts(20)
    pool.parallel(4) { outer in pool.parallel(5) { counts.raise(outer * 5 + $0) } }
    #expect(counts.array == Array(repeating: 1, count: 20))
  }

  @Test func severalThreadsMayCallInTurn() async {
    let pool = WorkerPool(threads: 3)
    let counts = Counts(30)
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask { for _ in 0..<100 { pool.parallel(30) { counts.raise($0) } } }
      }
    }
    #expect(counts.array == Array(repeating: 400, count: 30))
  }

  @Test func poolsComeAndGo() {
    for threads in 1...40 {
      let counts = Counts(threads)
      WorkerPool(threads: threads % 6 + 1).parallel(threads) { counts.raise($0) }
      #expect(counts.array == Array(repeating: 1, count: threads))
    }
  }
}
