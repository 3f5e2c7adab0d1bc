import Glibc
import Synchronization

/// Threads that share out independent blocks of work.
///
/// The caller works too, so a pool of one thread starts none. Blocks are claimed in order by whoever is
/// free, one by one or, where there are very many, some at a time; results do not depend on the number
/// of workers as long as a block's result depends on its index alone.
package final class WorkerPool: Sendable {
  /// How many threads work at once, the caller among them.
  package let threads: Int

  private let board: JobBoard
  private let workers: [pthread_t]

  /// Starts `threads − 1` workers. Where the system refuses some, the others do their share.
  package init(threads: Int) {
    precondition(threads >= 1, "a pool needs a thread")
    let board = JobBoard(threads: threads)
    var workers: [pthread_t] = []
    for _ in 1..<max(threads, 1) {
      var worker = pthread_t()
      let argument = Unmanaged.passRetained(board)
      let status = pthread_create(
        &worker, nil,
        { argument in
          guard let argument else { return nil }
          Unmanaged<JobBoard>.fromOpaque(argument).takeRetainedValue().work()
          return nil
        }, argument.toOpaque())
      guard status == 0 else {
        argument.release()
        break
      }
      workers.append(worker)
    }
    self.board = board
    self.workers = workers
    self.threads = threads
  }

  deinit {
    board.close()
    for worker in workers { pthread_join(worker, nil) }
  }

  /// Calls `body` once for every index below `count` and returns when all calls have returned.
  ///
  /// Several threads may call; their jobs run one after the other. A call from inside a body does
  /// its work at once on the thread it is on.
  package func parallel(_ count: Int, _ body: @Sendable (_ index: Int) -> Void) {
    guard count > 1, !workers.isEmpty, !board.isInsideJob else {
      for index in 0..<max(count, 0) { body(index) }
      return
    }
    withoutActuallyEscaping(body) { body in
      withUnsafePointer(to: body) { board.run(count: count, body: $0) }
    }
  }
}
