import Checkpoint
import Dispatch
import Synchronization

/// The digest of a model directory, computed beside the loading.
final class BackgroundHash: Sendable {
  private let directory: ModelDirectory
  private let result = Mutex<Result<String, CheckpointError>?>(nil)
  private let queue = DispatchQueue(label: "flipbook.hash")

  init(_ directory: ModelDirectory) { self.directory = directory }

  /// Begins to compute, where nobody has yet.
  func start() {
    queue.async { [self] in _ = compute() }
  }

  /// The digest; waits for it.
  func value() throws(CheckpointError) -> String {
    try queue.sync { compute() }.get()
  }

  private func compute() -> Result<String, CheckpointError> {
    result.withLock { result in
      if let result { return result }
      let new = Result { () throws(CheckpointError) in try directory.hash() }
      result = new
      return new
    }
  }
}
