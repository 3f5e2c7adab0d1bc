import Flipbook
import Foundation
import Synchronization

/// Ctrl-C and its kin. The first signal asks the run to end after its step; the second ends the
/// process at once, without leaving partial files.
enum Signals {
  /// Raised by the first signal.
  static let cancellation = Cancellation()
  /// Raised by the second.
  private static let isEnding = Atomic<Bool>(false)

  /// Does not return once the second signal has come: what fails then fails because the files of the run are gone.
  static func leaveErrorsToTheEnd() {
    while isEnding.load(ordering: .relaxed) { pause() }
  }

  /// From now on SIGINT, SIGTERM and SIGHUP raise the flag, and a closed pipe or a file
  /// over the size limit is an ordinary error.
  static func install() {
    // A handler must not be the first to touch a lazy global.
    _ = cancellation.reason
    leaveErrorsToTheEnd()
    signal(SIGPIPE, SIG_IGN)
    // A file over the shell's limit (ulimit -f) is reported like a full disk.
    signal(SIGXFSZ, SIG_IGN)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      var action = sigaction()
      // What the parent ignores (nohup, a shell's background job) stays ignored.
      sigaction(number, nil, &action)
      if isIgnored(action) { continue }
      action = sigaction()
      action.__sigaction_handler.sa_handler = handle
      sigemptyset(&action.sa_mask)
      action.sa_flags = SA_RESTART
      sigaction(number, &action, nil)
    }
  }

  private static func isIgnored(_ action: sigaction) -> Bool {
    unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// Atomic operations, `unlink` and `_exit` only: all of them allowed in a handler.
  private static let handle: @convention(c) (Int32) -> Void = { number in
    let reason: Cancellation.Reason = number == SIGINT ? .interrupted : .terminated
    if Signals.cancellation.reason != nil {
      Signals.isEnding.store(true, ordering: .relaxed)
      PartialFiles.discardAll()
      _exit(reason == .interrupted ? 130 : 143)
    }
    Signals.cancellation.cancel(reason)
  }
}
