import Flipbook

/// Reads a command's arguments: `--name value`, `--name=value`, `-n value`, `-nvalue`, flags (also
/// `--flag=false`, against an environment that says otherwise), and everything after `--` as it
/// stands.
struct ArgumentParser<Settings: Sendable> {
  let command: Command<Settings>

  /// What the arguments said.
  struct Result {
    /// `--help` was there; nothing else counts then.
    var wantsHelp = false
    /// Each option that was named, with its text, in order.
    var given: [(option: Option<Settings>, text: String)] = []
    /// The positional arguments.
    var operands: [String] = []
  }

  /// - Parameter arguments: what stands after the command's name.
  /// - Throws: `FlipbookError.usage` for an unknown option (with the nearest one), a missing
  ///   value, an option that is there twice, or too many or too few operands.
  func parse(_ arguments: [String]) throws(FlipbookError) -> Result {
    var result = Result()
    var rest = arguments[...]
    var onlyOperands = false
    while let argument = rest.popFirst() {
      if onlyOperands || argument == "-" || !argument.hasPrefix("-") {
        result.operands.append(argument)
      } else if argument == "--" {
        onlyOperands = true
      } else if argument == "--help" || argument == "-h" {
        return Result(wantsHelp: true)
      } else if argument.hasPrefix("--") {
        try parseLong(argument, &rest, &result)
      } else {
        try parseShort(argument, &rest, &result)
      }
    }
    try checkOperands(result.operands)
    return result
  }

  private func parseLong(
    _ argument: String, _ rest: inout ArraySlice<String>, _ result: inout Result
  ) throws(FlipbookError) {
    let body = argument.dropFirst(2)
    let equals = body.firstIndex(of: "=")
    let name = String(equals.map { body[..<$0] } ?? body)
    guard let option = command.options.first(where: { $0.name == name }) else {
      throw unknown("--" + name)
    }
    let inline = equals.map { String(body[body.index(after: $0)...]) }
    try take(option, inline: inline, &rest, &result)
  }

  private func parseShort(
    _ argument: String, _ rest: inout ArraySlice<String>, _ result: inout Result
  ) throws(FlipbookError) {
    let body = argument.dropFirst()
    guard let letter = body.first,
      let option = command.options.first(where: { $0.short == letter })
    else { throw unknown(argument) }
    let tail = body.dropFirst()
    try take(option, inline: tail.isEmpty ? nil : String(tail), &rest, &result)
  }

  private func take(
    _ option: Option<Settings>, inline: String?, _ rest: inout ArraySlice<String>,
    _ result: inout Result
  ) throws(FlipbookError) {
    guard !result.given.contains(where: { $0.option.name == option.name }) else {
      throw .usage(problem: "--\(option.name) is there twice", advice: "keep the one you mean")
    }
    if option.value == .flag {
      result.given.append((option, inline ?? "true"))
      return
    }
    guard let text = inline ?? rest.first else { throw missingValue(option) }
    if inline == nil {
      // A negative number is a value; anything else with a dash is an option out of place.
      if text.hasPrefix("-") && text.count > 1 && Double(text) == nil {
        throw .usage(
          problem: "--\(option.name) wants a value, and '\(text)' looks like an option",
          advice: "write --\(option.name)=\(ShellWord.quoted(text)) if that is the value")
      }
      rest.removeFirst()
    }
    result.given.append((option, text))
  }

  private func missingValue(_ option: Option<Settings>) -> FlipbookError {
    .usage(
      problem: "--\(option.name) wants a value",
      advice: "write --\(option.name) \(option.value.label ?? "VALUE")")
  }

  private func unknown(_ argument: String) -> FlipbookError {
    let names = command.options.map(\.name) + ["help"]
    let word = String(argument.drop { $0 == "-" })
    let nearest = Suggestion.nearest(to: word, in: names).map { "did you mean --\($0)?" }
    var advice = nearest ?? "'flipbook \(command.name) --help' lists the options"
    if nearest == nil && command.operands.contains("PROMPT") {
      advice += "; put -- before a prompt that begins with a dash"
    }
    return .usage(
      problem: "unknown option '\(argument)' for 'flipbook \(command.name)'", advice: advice)
  }

  private func checkOperands(_ operands: [String]) throws(FlipbookError) {
    if operands.count > command.operandCount.upperBound {
      let extra = operands[command.operandCount.upperBound]
      throw .usage(
        problem: "'flipbook \(command.name)' does not know what to do with '\(extra)'",
        advice: command.operandCount.upperBound == 1
          ? "put quotes around text with spaces" : "leave it away")
    }
    if operands.count < command.operandCount.lowerBound {
      throw .usage(
        problem: "'flipbook \(command.name)' wants \(command.operands)",
        advice: "'flipbook \(command.name) --help' shows how")
    }
  }
}
