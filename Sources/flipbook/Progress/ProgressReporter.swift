import Checkpoint
import Flipbook

/// Writes the events of a run to standard error.
struct ProgressReporter {
  private enum Style { case bar, plain, json, none }

  private let style: Style
  private let terminal: Terminal
  private let note: (String) -> Void
  private var hasOpenLine = false

  /// - Parameters:
  ///   - mode: what the user asked for.
  ///   - terminal: where it goes.
  ///   - note: takes the text.
  init(
    _ mode: ProgressMode, terminal: Terminal, note: @escaping (String) -> Void = Console.note
  ) {
    style =
      switch mode {
      case .auto: terminal.isInteractive ? .bar : .plain
      case .plain: .plain
      case .json: .json
      case .none: .none
      }
    self.terminal = terminal
    self.note = note
  }

  /// Tells about an event.
  mutating func report(_ event: GenerationEvent) {
    switch style {
    case .none: break
    case .json: note(Self.value(event).encoded() + "\n")
    case .plain: if let line = Self.plainLine(event) { note(line + "\n") }
    case .bar: draw(event)
    }
  }

  /// Leaves the cursor at the start of a line.
  mutating func endLine() {
    if hasOpenLine { note("\n") }
    hasOpenLine = false
  }

  // MARK: bar

  private mutating func draw(_ event: GenerationEvent) {
    switch event {
    case .step(let progress):
      redraw(
        ProgressBar.line(
          label: "step \(progress.step)/\(progress.count)",
          fraction: Double(progress.step) / Double(progress.count),
          tail: ProgressBar.tail(progress), terminal: terminal))
      if progress.step == progress.count { endLine() }
    case .decoded(let frames, let count):
      redraw(
        ProgressBar.line(
          label: "frame \(frames)/\(count)", fraction: Double(frames) / Double(count), tail: "",
          terminal: terminal))
      if frames == count { endLine() }
    default:
      endLine()
      if let line = Self.plainLine(event) { note(line + "\n") }
    }
  }

  private mutating func redraw(_ line: String) {
    note("\r\u{1b}[2K" + line)
    hasOpenLine = true
  }

  // MARK: lines

  /// An event as a line, or nil where it is too small for one.
  static func plainLine(_ event: GenerationEvent) -> String? {
    switch event {
    case .loading(let model): return "loading \(model)"
    case .loaded(let seconds): return "loaded in \(Quantity.decimals(seconds, 1)) s"
    case .note(let sentence): return sentence
    case .warning(let sentence): return "warning: \(sentence)"
    case .started(let plan, let request):
      let stretches = plan.stretches == 1 ? "" : "\(plan.stretches) stretches of "
      return "\(plan.size), \(plan.frames) frames, \(stretches)\(plan.steps) steps, "
        + "seed \(request.seed ?? 0)"
    case .textEncoded: return nil
    case .step(let progress):
      return "step \(progress.step)/\(progress.count), \(ProgressBar.tail(progress))"
    case .decoded(let frames, let count):
      return frames == count ? "\(count) frames decoded" : nil
    case .latentsSaved(let path): return "latents saved to \(path)"
    case .finished(let result):
      return "done in \(Quantity.decimals(result.seconds, 1)) s"
    }
  }

  // MARK: JSON

  /// An event as a JSON object.
  static func value(_ event: GenerationEvent) -> JSONValue {
    switch event {
    case .loading(let model): ["event": "loading", "model": .string(model)]
    case .loaded(let seconds): ["event": "loaded", "seconds": .number(seconds)]
    case .note(let sentence): ["event": "note", "text": .string(sentence)]
    case .warning(let sentence): ["event": "warning", "text": .string(sentence)]
    case .started(let plan, let request):
      [
        "event": "started", "prompt": .string(request.prompt), "seed": JSONValue(request.seed ?? 0),
        "plan": plan.value,
      ]
    case .textEncoded(let tokens):
      ["event": "text_encoded", "tokens": .array(tokens.map { JSONValue($0) })]
    case .step(let progress):
      [
        "event": "step", "step": JSONValue(progress.step), "steps": JSONValue(progress.count),
        "seconds": .number(progress.seconds), "steps_per_second": .number(progress.rate),
        "seconds_left": .number(progress.secondsLeft),
      ]
    case .decoded(let frames, let count):
      ["event": "decoded", "frame": JSONValue(frames), "frames": JSONValue(count)]
    case .latentsSaved(let path): ["event": "latents_saved", "file": .string(path)]
    case .finished(let result):
      [
        "event": "finished", "file": .string(result.path), "seconds": .number(result.seconds),
      ]
    }
  }
}
