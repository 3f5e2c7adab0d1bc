import Flipbook

/// `flipbook sheet`: the frames of a video in a grid.
enum SheetCommand {
  struct Settings: Sendable { var output: String? }

  static let declaration = Command<Settings>(
    "sheet", "a video's frames in a grid with their times, as one picture",
    operands: "FILE.mp4", operandCount: 1...1, operandKind: .path,
    options: [
      Option(
        "output", short: "o", .path("FILE.png"), "the picture", default: "FILE-sheet.png"
      ) { (text, settings) throws(FlipbookError) in
        settings.output = try OptionValue.path(text, "output", endingIn: ".png")
      }
    ],
    examples: [
      ("flipbook sheet out.mp4 -o sheet.png", "at most 25 frames, from the first to the last")
    ])

  static func run(_ arguments: ArgumentParser<Settings>.Result) throws -> ExitCode {
    var settings = Settings()
    for (option, text) in arguments.given { try option.set(text, &settings) }
    Signals.install()
    let video = arguments.operands[0]
    let output = settings.output ?? OutputName.sheet(of: video)
    try VideoSheet.write(of: video, to: output, cancellation: Signals.cancellation)
    try Console.print(output + "\n")
    return .done
  }
}
