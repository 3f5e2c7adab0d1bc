import Checkpoint
import Flipbook
import Foundation

/// `flipbook generate`: text, pictures and videos to video.
enum GenerateCommand {
  static let declaration = Command(
    "generate", "text, pictures and videos to video", operands: "PROMPT", operandCount: 0...1,
    options: GenerateSettings.options,
    examples: [
      ("flipbook generate \"a red ball bounces in a meadow\" --seed 7 -o out.mp4", "one video"),
      ("flipbook generate \"it rolls\" --first-frame a.jpg -o b.mp4", "a picture that moves"),
      ("flipbook generate \"a boat\" --duration 60", "a minute, in stretches"),
      ("flipbook generate \"it jumps\" --video a.mp4 -o b.mp4", "what comes behind a video"),
      ("flipbook generate \"a boat\" --ratio 16:9 --count 4", "four, with seeds that follow"),
      ("flipbook generate --prompt-file prompts.txt -o clips.gif", "one animation a line"),
      (
        "flipbook generate --prompt-file prompts.txt --manifest done.jsonl",
        "goes on where it was broken off"
      ),
      (
        "flipbook generate \"a kite\" --compare few=steps:8,many=steps:24 --gif kite.gif",
        "two clips side by side, as an animation too"
      ),
      ("flipbook generate \"a kite\" --watermark --contact-sheet sheet.png", "marked; all frames"),
      ("flipbook generate \"一个红色的球向左滚动，然后跳起来\"", "rewritten as the model's captions read"),
      (
        "flipbook generate \"a red ball bounces --rt 16:9 --dur 2\"",
        "the reference service's words"
      ),
      ("flipbook generate --storyboard story.json -o story.mp4", "several shots"),
      ("flipbook generate \"a kite\" --dry-run", "what it would take"),
    ])

  static func run(
    _ arguments: ArgumentParser<GenerateSettings>.Result
  ) async throws -> ExitCode {
    let settings = try GenerateSettings(
      arguments.given, environment: ProcessInfo.processInfo.environment)
    guard ProcessorCheck.isSupported else { throw ProcessorCheck.error }
    Signals.install()
    let manifest = try settings.manifest.map { (path) throws(FlipbookError) in try Manifest(path) }
    var notes: [String] = []
    let requests = try requests(settings, prompt: arguments.operands.first, manifest) {
      notes.append($0)
    }
    for request in requests { try request.validate() }
    let model = try ModelDiscovery().find(named: settings.model)
    let saved = try settings.request.fromLatents.map { path throws(FlipbookError) in
      try Precision(ofLatents: path)
    }
    let generator = try VideoGenerator(
      model: model.path, threads: settings.threads,
      precision: settings.precision ?? saved ?? .preferred,
      cancellation: Signals.cancellation)
    let mode = settings.isQuiet ? ProgressMode.none : settings.progress
    var reporter = ProgressReporter(mode, terminal: .standardError)
    // Every request is checked before the first step of the first one.
    let all = try generator.resolve(requests)
    let jobs = try manifest?.remaining(all, metadata: generator.metadata) ?? all
    try generator.checkFiles(of: jobs)
    if settings.isDryRun { notes += jobs.flatMap(\.notes) }
    for note in notes.uniqued() { reporter.report(.note(note)) }
    for warning in jobs.flatMap(\.warnings).uniqued() { reporter.report(.warning(warning)) }
    if let path = settings.manifest, jobs.count < all.count {
      reporter.report(
        .warning(
          "\(all.count - jobs.count) of \(all.count) videos stand in \(path) and are not made again"
        ))
    }
    if settings.isDryRun {
      for job in jobs { try printPlan(job, asJSON: settings.isJSON) }
      return .done
    }
    try manifest?.begin()
    for job in jobs {
      try await generate(job, generator, settings, &reporter) { (result) throws(FlipbookError) in
        try manifest?.append(result)
      }
    }
    return .done
  }

  /// What the command line asks for: a prompt, a file of prompts, or latents to go on with.
  private static func requests(
    _ settings: GenerateSettings, prompt: String?, _ manifest: Manifest?, note: (String) -> Void
  ) throws(FlipbookError) -> [GenerationRequest] {
    var request = settings.request
    let drawSeed = { manifest?.drawSeed() ?? .random(in: 0...UInt64.max) }
    if let file = settings.storyboard {
      guard prompt == nil, settings.promptFile == nil else {
        throw .usage(
          problem: "there is a prompt as well as --storyboard", advice: "keep one of them")
      }
      return try Batch.expand(
        [Storyboard(file: file).request(base: request, explicit: settings.explicit)],
        count: settings.count, drawSeed: drawSeed)
    }
    if let file = settings.promptFile {
      guard prompt == nil else {
        throw .usage(
          problem: "there is a prompt as well as --prompt-file", advice: "keep one of them")
      }
      return try Batch.expand(
        PromptFile.requests(
          path: file, base: request, explicit: settings.explicit, note: note),
        count: settings.count, drawSeed: drawSeed)
    }
    guard prompt != nil || request.fromLatents != nil else {
      throw .usage(
        problem: "'flipbook generate' wants a prompt",
        advice: "as in: flipbook generate \"a red ball bounces in a meadow\"")
    }
    request.prompt = prompt ?? ""
    try ServiceWords.apply(to: &request, explicit: settings.explicit, note: note)
    if let latents = request.fromLatents {
      request = try request.resumed(from: latents)
    }
    return try Batch.expand([request], count: settings.count, drawSeed: drawSeed)
  }

  private static func generate(
    _ job: GenerationJob, _ generator: VideoGenerator, _ settings: GenerateSettings,
    _ reporter: inout ProgressReporter,
    whenDone: (GenerationResult) throws(FlipbookError) -> Void
  ) async throws {
    do {
      for try await event in generator.generate(job) {
        reporter.report(event)
        if case .finished(let result) = event {
          try whenDone(result)
          try printResult(result, settings)
        }
      }
    } catch {
      reporter.endLine()
      throw error
    }
  }

  private static func printResult(
    _ result: GenerationResult, _ settings: GenerateSettings
  ) throws(FlipbookError) {
    guard settings.isJSON else { return try Console.print(result.path + "\n") }
    let value: JSONValue = [
      "file": .string(result.path), "seed": JSONValue(result.metadata.request.seed ?? 0),
      "width": JSONValue(result.plan.size.width), "height": JSONValue(result.plan.size.height),
      "frames": JSONValue(result.plan.frames), "seconds": .number(result.seconds),
      "metadata": result.metadata.value,
    ]
    try Console.print(value.encoded() + "\n")
  }

  private static func printPlan(
    _ job: GenerationJob, asJSON: Bool
  ) throws(FlipbookError) {
    // The clips of a comparison have a plan each.
    for variant in job.variants { try printPlan(variant, asJSON: asJSON) }
    if !job.variants.isEmpty { return }
    if asJSON {
      let value: JSONValue = [
        "prompt": .string(job.request.prompt), "seed": JSONValue(job.request.seed ?? 0),
        "file": .string(job.request.output ?? ""),
        "inputs": .array(job.inputs.map(\.value)), "plan": job.plan.value,
      ]
      return try Console.print(value.encoded() + "\n")
    }
    let rows =
      [
        ("prompt", job.request.prompt), ("caption", job.request.caption ?? ""),
        ("seed", "\(job.request.seed ?? 0)"), ("file", job.request.output ?? ""),
      ].filter { $0.0 != "caption" || !$0.1.isEmpty }
      + job.inputs.map { ($0.option, $0.path) } + job.plan.rows.map { ($0.label, $0.value) }
    try Console.print(Table.text(rows))
  }
}

extension Sequence where Element: Hashable {
  /// Each element once, in the order of its first appearance.
  fileprivate func uniqued() -> [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
