import Flipbook

/// One line that shows how far a run has come.
enum ProgressBar {
  /// `label 12/30 ━━━━━━━━╸──────────── 2.41 it/s 0:07 left`
  ///
  /// - Parameters:
  ///   - label: what is counted.
  ///   - fraction: 0 … 1.
  ///   - tail: what stands behind the bar.
  ///   - terminal: its width limits the line; its colours paint the bar.
  static func line(
    label: String, fraction: Double, tail: String, terminal: Terminal
  ) -> String {
    let room = terminal.width - label.count - tail.count - 3
    guard room >= 8 else { return String("\(label) \(tail)".prefix(max(terminal.width - 1, 1))) }
    let width = min(room, 40)
    let clamped = fraction.isFinite ? min(max(fraction, 0), 1) : 0
    let filled = Int((Double(width) * clamped).rounded(.down))
    let done = String(repeating: "━", count: filled)
    let left = String(repeating: "─", count: width - filled)
    let bar =
      terminal.hasColor ? "\u{1b}[36m\(done)\u{1b}[90m\(left)\u{1b}[0m" : done + left
    return "\(label) \(bar) \(tail)"
  }

  /// The words behind the bar: speed and time left.
  static func tail(_ progress: StepProgress) -> String {
    "\(speed(progress)) \(Quantity.duration(progress.secondsLeft)) left"
  }

  /// Steps a second, or seconds a step where that says more.
  static func speed(_ progress: StepProgress) -> String {
    guard progress.rate > 0 else { return "- it/s" }
    return progress.rate >= 1
      ? "\(Quantity.decimals(progress.rate, 2)) it/s"
      : "\(Quantity.decimals(1 / progress.rate, 2)) s/it"
  }
}
