import Flipbook
import Foundation
import Testing
import Video

/// The library as a program uses it, with a tiny model.
@Suite struct VideoGeneratorTests {
  private let folder: TemporaryFolder
  private let model: String

  init() throws {
    folder = try TemporaryFolder()
    model = try TinyModel.make(at: folder.path("model"))
  }

  private func request(_ name: String, steps: Int = 3) -> GenerationRequest {
    var request = GenerationRequest(prompt: "a red ball")
    request.seed = 7
    request.steps = steps
    request.output = folder.path(name)
    return request
  }

  /// A run that would go on for half an hour: tests that block the threads of the tasks can make its reader
  /// a minute late.
  private func longRequest(_ name: String) -> GenerationRequest {
    var request = request(name, steps: 1000)
    request.size = FrameSize(width: 864, height: 480)
    request.length = .frames(241)
    return request
  }

  /// An event in a word, so that orders can be compared.
  private func word(_ event: GenerationEvent) -> String {
    switch event {
    case .loading: "loading"
    case .loaded: "loaded"
    case .note: "note"
    case .warning: "warning"
    case .started: "started"
    case .textEncoded: "text"
    case .step(let progress): "step \(progress.step)"
    case .decoded(let frames, _): "frame \(frames)"
    case .latentsSaved: "latents"
    case .finished: "finished"
    }
  }

  @Test func eventsComeInOrderAndWeightsAreLoadedOnce() async throws {
    let generator = try VideoGenerator(model: model, threads: 2)
    var words: [String] = []
    for try await event in try generator.generate(request("a.mp4")) { words.append(word(event)) }
    let run =
      ["started", "text", "step 1", "step 2", "step 3"] + (1...5).map { "frame \($0)" }
      + ["finished"]
    #expect(words == ["loading", "loaded"] + run)
    words = []
    var result: GenerationResult?
    for try await event in try generator.generate(request("b.mp4")) {
      words.append(word(event))
      if case .finished(let finished) = event { result = finished }
    }
    #expect(words == run)
    let a = try Data(contentsOf: URL(fileURLWithPath: folder.path("a.mp4")))
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path("b.mp4"))) == a)

    // What the result tells is what stands in the file.
    let metadata = try #require(result?.metadata)
    let comment = try #require(try VideoReader(folder.path("b.mp4")).facts.comment)
    #expect(try RunMetadata(json: comment, source: "b.mp4") == withoutPaths(metadata))
    #expect(metadata.modelHash.count == 64)
    #expect(metadata.request.solver != nil && metadata.request.shift != nil)
  }

  private func withoutPaths(_ metadata: RunMetadata) -> RunMetadata {
    var request = metadata.request
    request.output = nil
    return RunMetadata(
      modelName: metadata.modelName, modelHash: metadata.modelHash,
      precision: metadata.precision, request: request)
  }

  @Test func aCancelledTaskEndsTheRun() async throws {
    let generator = try VideoGenerator(model: model, threads: 1)
    let stream = try generator.generate(longRequest("a.mp4"))
    let task = Task {
      var steps = 0
      for try await event in stream {
        if case .step = event { steps += 1 }
        if steps == 2 { withUnsafeCurrentTask { $0?.cancel() } }
      }
      return steps
    }
    let steps = try await task.value
    #expect(steps < 1000)
    // The generator is free for the next video, and the first one left nothing.
    for try await _ in try generator.generate(request("b.mp4")) {}
    #expect(try folder.contents() == ["b.mp4", "model"])
  }

  @Test func theFlagEndsTheRun() async throws {
    let cancellation = Cancellation()
    let generator = try VideoGenerator(model: model, threads: 1, cancellation: cancellation)
    await #expect(throws: FlipbookError.cancelled(.terminated)) {
      for try await event in try generator.generate(longRequest("a.mp4")) {
        if case .step = event { cancellation.cancel(.terminated) }
      }
    }
    #expect(try folder.contents() == ["model"])
  }

  @Test func everythingIsCheckedFirst() throws {
    let generator = try VideoGenerator(model: model)
    var wrong = request("none/a.mp4")
    #expect(throws: FlipbookError.self) { try generator.prepare([request("a.mp4"), wrong]) }
    wrong = request("a.mp4")
    wrong.prompt = Array(repeating: "red", count: 20).joined(separator: " ")
    let error = #expect(throws: FlipbookError.self) { try generator.generate(wrong) }
    #expect(error?.exitCode == .badInput)
    #expect(throws: FlipbookError.self) { try VideoGenerator(model: model, threads: 0) }
    #expect(throws: FlipbookError.self) { try VideoGenerator(model: folder.path("none")) }
    #expect(try folder.contents() == ["model"])
  }

  @Test func plansTellWhatAVideoNeeds() throws {
    let generator = try VideoGenerator(model: model)
    var small = request("a.mp4")
    var large = request("b.mp4")
    small.size = FrameSize(width: 32, height: 32)
    large.size = FrameSize(width: 864, height: 480)
    let jobs = try generator.prepare([small, large])
    #expect(jobs[0].plan.operations < jobs[1].plan.operations)
    #expect(jobs[0].plan.arenaByteCount < jobs[1].plan.arenaByteCount)
    #expect(jobs[0].plan.latentGrid == [2, 2, 2] && jobs[0].plan.pictureTokens == 8)
    #expect(jobs[0].warnings.isEmpty && jobs[1].warnings.count == 1)
    #expect(jobs[0].request.seed == 7 && jobs[0].request.length == .frames(5))
  }
}
