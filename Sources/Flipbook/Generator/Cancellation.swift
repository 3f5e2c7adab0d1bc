import Synchronization

/// A flag that ends a run at its next step. It may be raised from any thread, or, since raising it
/// is one atomic store, from a signal handler.
public final class Cancellation: Sendable {
  /// Who ended the run.
  public enum Reason: Int, Sendable {
    /// SIGINT, or a cancelled task.
    case interrupted = 2
    /// SIGTERM.
    case terminated = 15
  }

  private let raised = Atomic<Int>(0)

  /// A flag that is down.
  public init() {}

  /// Asks the run to end. The first reason stays.
  public func cancel(_ reason: Reason = .interrupted) {
    _ = raised.compareExchange(expected: 0, desired: reason.rawValue, ordering: .relaxed)
  }

  /// Why the run should end, or nil while it should go on.
  public var reason: Reason? { Reason(rawValue: raised.load(ordering: .relaxed)) }

  /// Throws `FlipbookError.cancelled` once the flag is up.
  public func check() throws(FlipbookError) {
    if let reason { throw .cancelled(reason) }
  }
}
