import Checkpoint
import Flipbook
import Foundation

/// `flipbook inspect`: a model's tree, or how a video was made.
enum InspectCommand {
  struct Settings: Sendable { var isJSON = false }

  static let declaration = Command<Settings>(
    "inspect", "a model's tree, shapes, parameters, FLOPs; or how a video was made",
    operands: "MODEL|VIDEO", operandCount: 0...1, operandKind: .path,
    options: [
      Option("json", .flag, "one JSON object") { (text, settings) throws(FlipbookError) in
        settings.isJSON = try OptionValue.flag(text, "json")
      }
    ],
    examples: [
      ("flipbook inspect", "the bundled model"),
      ("flipbook inspect out.mp4", "the prompt, the seed, and the command that makes it again"),
    ])

  static func run(_ arguments: ArgumentParser<Settings>.Result) throws -> ExitCode {
    var settings = Settings()
    for (option, text) in arguments.given { try option.set(text, &settings) }
    let name = arguments.operands.first
    if let name, isVideo(name) {
      try printVideo(VideoInspection(path: name), settings)
    } else {
      let model = try ModelDiscovery().find(named: name)
      let inspection = try ModelInspection(path: model.path)
      try Console.print(
        settings.isJSON ? inspection.value.encoded() + "\n" : inspection.text)
    }
    return .done
  }

  private static func printVideo(
    _ inspection: VideoInspection, _ settings: Settings
  ) throws(FlipbookError) {
    if settings.isJSON { return try Console.print(inspection.value.encoded() + "\n") }
    try Console.print(Table.text(inspection.rows))
    if let command = inspection.commandLine { try Console.print("\n\(command)\n") }
  }

  /// A video: what is there and no directory, or one of pictures, or what is not there and has a video's name.
  private static func isVideo(_ name: String) -> Bool {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: name, isDirectory: &isDirectory) else {
      return name.lowercased().hasSuffix(".mp4")
    }
    return !isDirectory.boolValue || VideoInspection.isFolderOfPictures(name)
  }
}
