import Checkpoint
import Flipbook

/// `flipbook models`: the model directories found.
enum ModelsCommand {
  struct Settings: Sendable { var isJSON = false }

  static let declaration = Command<Settings>(
    "models", "the model directories found",
    options: [
      Option("json", .flag, "a JSON list") { (text, settings) throws(FlipbookError) in
        settings.isJSON = try OptionValue.flag(text, "json")
      }
    ])

  static func run(_ arguments: ArgumentParser<Settings>.Result) throws -> ExitCode {
    var settings = Settings()
    for (option, text) in arguments.given { try option.set(text, &settings) }
    let models = ModelDiscovery().all()
    if settings.isJSON {
      let list = models.map { model -> JSONValue in
        ["name": .string(model.name), "path": .string(model.path), "origin": .string(model.origin)]
      }
      try Console.print(JSONValue.array(list).encoded() + "\n")
    } else {
      try Console.print(Table.text(models.map { ($0.name, "\($0.path)  (\($0.origin))") }))
      if models.isEmpty { Console.note("no model was found; name one with --model DIR\n") }
    }
    return .done
  }
}
