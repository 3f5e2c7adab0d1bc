import Dispatch
import Synchronization

/// Does two things, side by side where there is more than one thread.
/// - Throws: what the first throws, else what the second throws.
func inParallel<First: Sendable, Second: Sendable>(
  threads: Int,
  _ first: @Sendable () throws -> First, _ second: @Sendable () throws -> Second
) throws -> (First, Second) {
  guard threads > 1 else { return (try first(), try second()) }
  let firstResult = Mutex<Result<First, any Error>?>(nil)
  let secondResult = Mutex<Result<Second, any Error>?>(nil)
  DispatchQueue.concurrentPerform(iterations: 2) { index in
    if index == 0 {
      let result = Result { try first() }
      firstResult.withLock { $0 = result }
    } else {
      let result = Result { try second() }
      secondResult.withLock { $0 = result }
    }
  }
  guard let one = firstResult.withLock(\.self), let two = secondResult.withLock(\.self) else {
    preconditionFailure("both have been done")
  }
  return (try one.get(), try two.get())
}
