import Flipbook

/// The subcommands, and the way from arguments to an exit code.
enum Program {
  /// Every subcommand, in the order of the help text.
  static var outlines: [CommandOutline] {
    [
      GenerateCommand.declaration.outline, StoryboardCommand.declaration.outline,
      BenchCommand.declaration.outline, InspectCommand.declaration.outline,
      SheetCommand.declaration.outline, DoctorCommand.declaration.outline,
      ModelsCommand.declaration.outline, CompletionCommand.declaration.outline,
    ]
  }

  /// Runs a command line.
  ///
  /// - Parameter arguments: what stands after `flipbook`.
  static func run(_ arguments: [String]) async -> ExitCode {
    do {
      return try await dispatch(arguments)
    } catch {
      Signals.leaveErrorsToTheEnd()
      let error = FlipbookError(wrapping: error)
      Console.report(error)
      return error.exitCode
    }
  }

  /// Finds the command and runs it.
  ///
  /// - Throws: `FlipbookError`, or an error of a floor below.
  static func dispatch(_ arguments: [String]) async throws -> ExitCode {
    guard let name = arguments.first else {
      Console.note(HelpText.overview(outlines))
      return .usage
    }
    let rest = Array(arguments.dropFirst())
    switch name {
    case "--help", "-h", "help":
      try Console.print(
        outlines.first { $0.name == rest.first }.map(HelpText.command)
          ?? HelpText.overview(outlines))
      return .done
    case "--version":
      try Console.print("flipbook \(FlipbookVersion.current)\n")
      return .done
    case "generate":
      return try await run(GenerateCommand.declaration, rest, GenerateCommand.run)
    case "storyboard":
      return try await run(StoryboardCommand.declaration, rest, StoryboardCommand.run)
    case "bench": return try BenchCommand.run(rest)
    case "inspect": return try await run(InspectCommand.declaration, rest, InspectCommand.run)
    case "sheet": return try await run(SheetCommand.declaration, rest, SheetCommand.run)
    case "doctor": return try await run(DoctorCommand.declaration, rest, DoctorCommand.run)
    case "models": return try await run(ModelsCommand.declaration, rest, ModelsCommand.run)
    case "completion":
      return try await run(CompletionCommand.declaration, rest, CompletionCommand.run)
    default:
      throw unknown(name)
    }
  }

  /// Parses a command's arguments and runs it, or prints its help.
  private static func run<Settings>(
    _ command: Command<Settings>, _ arguments: [String],
    _ body: (ArgumentParser<Settings>.Result) async throws -> ExitCode
  ) async throws -> ExitCode {
    let result = try ArgumentParser(command: command).parse(arguments)
    if result.wantsHelp {
      try Console.print(HelpText.command(command.outline))
      return .done
    }
    return try await body(result)
  }

  private static func unknown(_ name: String) -> FlipbookError {
    let names = outlines.map(\.name)
    let advice =
      if name.hasPrefix("-") || name.contains(" ") {
        "a command comes first: flipbook generate PROMPT [options]"
      } else {
        Suggestion.nearest(to: name, in: names).map { "did you mean 'flipbook \($0)'?" }
          ?? "the commands are \(names.joined(separator: ", "))"
      }
    return .usage(problem: "there is no command '\(name)'", advice: advice)
  }
}
