import Flipbook

/// Help texts, written from the declarations.
enum HelpText {
  /// The text of `flipbook --help`.
  static func overview(_ commands: [CommandOutline]) -> String {
    let width = commands.map(\.name.count).max() ?? 0
    let rows = commands.map { "  \(padded($0.name, width))  \($0.summary)" }
    return """
      Turns a prompt into a video on an ordinary processor.

      usage: flipbook COMMAND [options]

      commands:
      \(rows.joined(separator: "\n"))

      'flipbook COMMAND --help' tells more about each; 'flipbook --version' the version.

      A first video:
        flipbook generate "a red ball bounces in a meadow" --seed 7 -o out.mp4

      """
  }

  /// The text of `flipbook COMMAND --help`.
  static func command(_ command: CommandOutline) -> String {
    let usage = ["usage: flipbook", command.name, command.operands, "[options]"]
      .filter { !$0.isEmpty }.joined(separator: " ")
    var text = usage + "\n\n" + sentence(command.summary) + "\n"
    if command.operands.contains("PROMPT") {
      text += "A prompt that begins with a dash goes after '--'.\n"
    }
    text += "\noptions:\n"
    for option in command.options { text += row(option) }
    if !command.examples.isEmpty {
      text += "\nexamples:\n"
      for example in command.examples { text += "  \(example.line)\n      \(example.meaning)\n" }
    }
    return text
  }

  /// Where the second column begins.
  private static let column = 30

  private static func row(_ option: OptionOutline) -> String {
    var left = option.short.map { "  -\($0), " } ?? "      "
    left += "--" + option.name
    if let label = option.value.label { left += " " + label }
    var right = option.help
    if let text = option.defaultText { right += " (\(text))" }
    if left.count + 2 > column {
      return left + "\n" + padded("", column) + right + "\n"
    }
    return padded(left, column) + right + "\n"
  }

  private static func sentence(_ summary: String) -> String {
    summary.prefix(1).uppercased() + summary.dropFirst() + "."
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
