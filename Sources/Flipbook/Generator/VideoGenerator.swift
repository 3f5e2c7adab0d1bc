import Checkpoint
import Diffusion
import Diorama
import Dispatch
import Foundation
import Synchronization
import Text
import Video

/// Makes videos with one model. The weights are read once, before the first video.
///
/// ```swift
/// let generator = try VideoGenerator(model: "Weights/diorama")
/// var request = GenerationRequest(prompt: "a red ball bounces in a meadow")
/// request.seed = 7
/// request.output = "out.mp4"
/// for try await event in try generator.generate(request) {
///   if case .step(let progress) = event { print(progress.step, "of", progress.count) }
/// }
/// ```
///
/// Videos are made one after the other; a request that comes while another runs waits. A run ends
/// within a step when its task is cancelled, when nobody reads its events any more, or when
/// `cancellation` is raised; it leaves no partial files then.
public final class VideoGenerator: Sendable {
  /// How many threads a generator may have.
  public static let threadLimits = 1...256

  /// Ends whatever runs, and everything that waits.
  public let cancellation: Cancellation

  private let model: LoadableModel
  /// Runs compute for minutes: they get a thread of their own and not one of the task pool's.
  private let queue = DispatchQueue(label: "flipbook.generator")

  /// Opens a model directory and reads its configs; the weights are left for the first video.
  ///
  /// - Parameters:
  ///   - model: the directory; `ModelDiscovery` finds one.
  ///   - threads: nil takes as many as there are cores. The result does not depend on it.
  ///   - precision: what products are made of.
  ///   - cancellation: a flag that ends runs.
  /// - Throws: `FlipbookError.model` where the directory is none or its configs are damaged.
  public init(
    model: String, threads: Int? = nil, precision: Precision = .preferred,
    cancellation: Cancellation = Cancellation()
  ) throws(FlipbookError) {
    let threads = threads ?? min(ProcessInfo.processInfo.activeProcessorCount, 256)
    guard Self.threadLimits.contains(threads) else {
      throw .option(name: "threads", found: "\(threads)", expected: "1 to 256")
    }
    self.cancellation = cancellation
    self.model = try LoadableModel(path: model, threads: threads, precision: precision)
  }

  /// Resolves requests and checks everything that can be checked before a step is taken: sizes,
  /// lengths, prompts, memory, files, the room on the disk.
  ///
  /// - Parameter requests: a nil seed is drawn; a nil output becomes `PROMPT-SEED.mp4`.
  /// - Throws: `FlipbookError` for the first thing that is wrong.
  public func prepare(
    _ requests: [GenerationRequest]
  ) throws(FlipbookError) -> [GenerationJob] {
    let jobs = try resolve(requests)
    try checkFiles(of: jobs)
    return jobs
  }

  /// The part of `prepare` that looks at no file of a result.
  package func resolve(
    _ requests: [GenerationRequest]
  ) throws(FlipbookError) -> [GenerationJob] {
    var jobs: [GenerationJob] = []
    for request in try Batch.expand(requests, count: 1) { jobs.append(try model.job(request)) }
    return jobs
  }

  /// The rest of `prepare`: every file that jobs will write can be written, and there is room.
  package func checkFiles(of jobs: [GenerationJob]) throws(FlipbookError) {
    for job in jobs { try Preflight.check(job) }
  }

  /// How a job's video will say that it was made. Reads the whole model for its digest, once.
  package func metadata(of job: GenerationJob) throws(FlipbookError) -> RunMetadata {
    do { return try model.metadata(job.request) } catch { throw FlipbookError(wrapping: error) }
  }

  /// Makes one video.
  ///
  /// - Throws: at once what `prepare` throws; the stream throws `FlipbookError`.
  public func generate(
    _ request: GenerationRequest
  ) throws(FlipbookError) -> AsyncThrowingStream<GenerationEvent, any Error> {
    generate(try prepare([request])[0])
  }

  /// Makes one video that `prepare` has checked. The stream throws `FlipbookError`.
  public func generate(_ job: GenerationJob) -> AsyncThrowingStream<GenerationEvent, any Error> {
    let (stream, events) = AsyncThrowingStream.makeStream(of: GenerationEvent.self)
    let abandoned = Cancellation()
    events.onTermination = { termination in
      if case .cancelled = termination { abandoned.cancel() }
    }
    queue.async { [model, cancellation] in
      do {
        let run = GenerationRun(job: job, checks: [cancellation, abandoned]) { event in
          events.yield(event)
        }
        try run(model)
        events.finish()
      } catch { events.finish(throwing: FlipbookError(wrapping: error)) }
    }
    return stream
  }
}
