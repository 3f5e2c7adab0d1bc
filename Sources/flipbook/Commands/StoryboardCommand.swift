import Checkpoint
import Flipbook

/// `flipbook storyboard`: what becomes of every shot, before anything is made.
enum StoryboardCommand {
  struct Settings: Sendable {
    var model: String?
    var isJSON = false
  }

  static let declaration = Command<Settings>(
    "storyboard", "the plan of a story of several shots: seconds, frames, latents, tokens, places",
    operands: "FILE", operandCount: 1...1, operandKind: .path,
    options: [
      Option("model", .path("DIR"), "a model directory, or a name", default: "the bundled one") {
        (text, settings) throws(FlipbookError) in
        settings.model = try OptionValue.path(text, "model")
      },
      Option("json", .flag, "one JSON object") { (text, settings) throws(FlipbookError) in
        settings.isJSON = try OptionValue.flag(text, "json")
      },
    ],
    examples: [
      ("flipbook storyboard story.json", "the plan"),
      ("flipbook generate --storyboard story.json -o story.mp4", "the video"),
    ])

  static func run(_ arguments: ArgumentParser<Settings>.Result) throws -> ExitCode {
    var settings = Settings()
    for (option, text) in arguments.given { try option.set(text, &settings) }
    let file = arguments.operands[0]
    var request = try Storyboard(file: file).request(base: GenerationRequest(prompt: ""))
    // The plan is the same for every seed, and writes nothing.
    request.seed = request.seed ?? 0
    let model = try ModelDiscovery().find(named: settings.model)
    let job = try VideoGenerator(model: model.path, threads: 1).resolve([request])[0]
    try Console.print(settings.isJSON ? value(job).encoded() + "\n" : text(job))
    for note in job.notes { Console.note(note + "\n") }
    return .done
  }

  private static func text(_ job: GenerationJob) -> String {
    let plan = job.plan
    let grid = plan.latentGrid
    var text = Table.text([
      ("shots", "\(plan.shots.count)"), ("size", "\(plan.size)"),
      ("length", "\(Quantity.decimals(plan.seconds, 2)) s, \(plan.frames) frames"),
      ("latents", "\(grid[0]) frames of \(grid[1]) × \(grid[2])"),
    ])
    if plan.stretches > 1 {
      text +=
        "made in \(plan.stretches) stretches of \(plan.stretchFrames) frames at most: the places are"
        + " those of the clip as a whole, and begin anew in every stretch\n"
    }
    for (index, shot) in zip(job.shotTexts, plan.shots).enumerated() {
      text += "\nshot \(index + 1)\n"
      text += Table.text([("  reads", shot.0)] + shot.1.rows.map { ("  " + $0.label, $0.value) })
    }
    return text
  }

  private static func value(_ job: GenerationJob) -> JSONValue {
    let shots = zip(job.shotTexts, job.plan.shots).map { text, shot in
      var object = shot.value.object ?? JSONObject()
      object["text"] = .string(text)
      return JSONValue.object(object)
    }
    return ["plan": job.plan.value, "shots": .array(shots)]
  }
}
