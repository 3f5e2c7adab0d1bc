import Flipbook

/// A subcommand: its name, what it takes, and what it does. Declared once for the parser, the help
/// text and the completion scripts.
struct Command<Settings: Sendable>: Sendable {
  /// What stands after `flipbook`.
  let name: String
  /// One sentence, in lower case, without a full stop.
  let summary: String
  /// The positional arguments, as the usage line shows them: `[PROMPT]`.
  let operands: String
  /// How many positional arguments it takes.
  let operandCount: ClosedRange<Int>
  /// What the operands are, for the completion scripts.
  let operandKind: OperandKind
  /// Its options, in the order of the help text.
  let options: [Option<Settings>]
  /// Command lines to copy, with what each does.
  let examples: [(line: String, meaning: String)]

  init(
    _ name: String, _ summary: String, operands: String = "",
    operandCount: ClosedRange<Int> = 0...0, operandKind: OperandKind = .text,
    options: [Option<Settings>], examples: [(line: String, meaning: String)] = []
  ) {
    self.name = name
    self.summary = summary
    self.operands = operands
    self.operandCount = operandCount
    self.operandKind = operandKind
    self.options = options
    self.examples = examples
  }
}

/// What completes a positional argument.
enum OperandKind: Sendable, Equatable {
  case text
  case path
  case choice([String])
}

/// A command without its settings' type, as help and completion see it.
struct CommandOutline: Sendable {
  let name: String
  let summary: String
  let operands: String
  let operandKind: OperandKind
  let options: [OptionOutline]
  let examples: [(line: String, meaning: String)]
}

/// An option without its target's type.
struct OptionOutline: Sendable {
  let name: String
  let short: Character?
  let value: OptionArgument
  let help: String
  let defaultText: String?

  /// Every command has it.
  static let help = OptionOutline(
    name: "help", short: "h", value: .flag, help: "this text", defaultText: nil)
}

extension Command {
  /// The command as help and completion see it.
  var outline: CommandOutline {
    CommandOutline(
      name: name, summary: summary, operands: operands, operandKind: operandKind,
      options: options.map(\.outline) + [.help], examples: examples)
  }
}

extension Option {
  var outline: OptionOutline {
    OptionOutline(
      name: name, short: short, value: value, help: help, defaultText: defaultText)
  }
}
