/// Everything that can go wrong between a request and a file, with what a person needs to mend it:
/// what was wrong, where, what would be right, and what to do.
public enum FlipbookError: Error, Sendable, Equatable {
  /// An option (by its long name, without dashes) has a value that it cannot have.
  case option(name: String, found: String, expected: String, advice: String? = nil)
  /// The command line as a whole has no meaning.
  case usage(problem: String, advice: String? = nil)
  /// The model at `path` cannot be used.
  case model(path: String, problem: String, advice: String? = nil)
  /// Something that was handed in (a prompt, a file) cannot be used.
  case input(name: String, problem: String, advice: String? = nil)
  /// A file could not be read or written.
  case file(path: String, problem: String, advice: String? = nil)
  /// The run needs memory that is not there.
  case memory(problem: String, advice: String? = nil)
  /// A value that is not finite came out of a layer.
  case numbers(layer: String, problem: String)
  /// The run was ended from outside, between two steps.
  case cancelled(Cancellation.Reason)
}

extension FlipbookError {
  /// The code that the command ends with.
  public var exitCode: ExitCode {
    switch self {
    case .option, .usage: .usage
    case .model: .badModel
    case .input: .badInput
    case .file: .inputOutput
    case .memory: .memory
    case .numbers: .numbers
    case .cancelled(.interrupted): .interrupted
    case .cancelled(.terminated): .terminated
    }
  }

  /// What to do about it, where that is known.
  public var advice: String? {
    switch self {
    case .option(_, _, _, let advice), .usage(_, let advice), .model(_, _, let advice),
      .input(_, _, let advice), .file(_, _, let advice), .memory(_, let advice):
      advice
    case .numbers:
      "check the weights with 'flipbook inspect', or fetch them again"
    case .cancelled:
      nil
    }
  }
}

extension FlipbookError: CustomStringConvertible {
  /// One line: what was wrong, where, and what would be right. The advice stands apart.
  public var description: String {
    switch self {
    case .option(let name, let found, let expected, _):
      "--\(name): found \(found.isEmpty ? "nothing" : "'\(found)'"), expected \(expected)"
    case .usage(let problem, _): problem
    case .model(let path, let problem, _): Self.placed("model \(path)", path, problem)
    case .input(let name, let problem, _): Self.placed(name, name, problem)
    case .file(let path, let problem, _): Self.placed(path, path, problem)
    case .memory(let problem, _): "not enough memory: \(problem)"
    case .numbers(let layer, let problem): Self.placed("layer \(layer)", layer, problem)
    case .cancelled(.interrupted): "interrupted"
    case .cancelled(.terminated): "terminated"
    }
  }

  /// A problem behind the place where it is, which messages of lower floors may name already.
  private static func placed(_ place: String, _ path: String, _ problem: String) -> String {
    path.isEmpty || problem.contains(path) ? problem : "\(place): \(problem)"
  }
}
