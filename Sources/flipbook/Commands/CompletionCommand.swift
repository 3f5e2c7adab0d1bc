import Flipbook

/// `flipbook completion`: scripts that complete commands and options.
enum CompletionCommand {
  struct Settings: Sendable {}

  private static let shells = CompletionScript.Shell.allCases.map(\.rawValue)

  static let declaration = Command<Settings>(
    "completion", "a completion script for a shell", operands: shells.joined(separator: "|"),
    operandCount: 1...1, operandKind: .choice(shells), options: [],
    examples: [
      ("source <(flipbook completion bash)", "for this bash"),
      ("flipbook completion fish > ~/.config/fish/completions/flipbook.fish", "for every fish"),
    ])

  static func run(_ arguments: ArgumentParser<Settings>.Result) throws -> ExitCode {
    let name = arguments.operands[0]
    guard let shell = CompletionScript.Shell(rawValue: name) else {
      throw FlipbookError.usage(
        problem: "there is no completion script for '\(name)'",
        advice: "there is one for \(shells.joined(separator: ", "))")
    }
    try Console.print(CompletionScript.script(for: shell, Program.outlines))
    return .done
  }
}
