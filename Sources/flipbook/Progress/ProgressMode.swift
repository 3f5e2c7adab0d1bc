import Flipbook
import Foundation

/// How a run reports what it does.
enum ProgressMode: String, Sendable, CaseIterable {
  /// A bar on a terminal, lines elsewhere.
  case auto
  /// One line a step.
  case plain
  /// One JSON object a line.
  case json
  /// Nothing.
  case none
}

/// What standard error can show.
struct Terminal: Sendable, Equatable {
  /// Whether lines can be overwritten.
  let isInteractive: Bool
  /// Whether colours are welcome (https://no-color.org).
  let hasColor: Bool
  /// Characters a line.
  let width: Int

  /// - Parameters:
  ///   - isTerminal: whether standard error is one.
  ///   - environment: `TERM` and `NO_COLOR` count.
  init(isTerminal: Bool, environment: [String: String], width: Int) {
    isInteractive = isTerminal && environment["TERM"] != "dumb"
    hasColor = isInteractive && (environment["NO_COLOR"] ?? "").isEmpty
    self.width = width
  }

  /// Standard error as it is now.
  static var standardError: Terminal {
    var size = winsize()
    let known = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return Terminal(
      isTerminal: isatty(STDERR_FILENO) == 1, environment: ProcessInfo.processInfo.environment,
      width: known ? Int(size.ws_col) : 80)
  }
}
