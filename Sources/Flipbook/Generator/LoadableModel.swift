import Checkpoint
import Diffusion
import Diorama
import Dispatch
import Synchronization
import Text

/// A model directory, its configs, and, from the first video on, its weights.
final class LoadableModel: Sendable {
  let directory: ModelDirectory
  private let name: String
  let configuration: ModelConfiguration
  let threads: Int
  let precision: Precision
  private let loaded = Mutex<DioramaPipeline?>(nil)
  private let hash: BackgroundHash
  private let knownPlanner = Mutex<PipelinePlanner?>(nil)
  private let textEncoder: SharedTextEncoder
  /// Rewrites prompts as the model's captions read.
  let enhancer: PromptEnhancer

  init(path: String, threads: Int, precision: Precision) throws(FlipbookError) {
    do {
      directory = try ModelDirectory(opening: path)
      configuration = try ModelConfiguration(directory)
    } catch { throw FlipbookError(wrapping: error) }
    name = ModelDiscovery.Found(path: path, origin: "").name
    self.threads = threads
    self.precision = precision
    hash = BackgroundHash(directory)
    textEncoder = SharedTextEncoder(directory)
    enhancer = PromptEnhancer(
      directory, name: configuration.promptEnhancement, textEncoder: textEncoder)
  }

  /// The weights, read at the first call.
  func pipeline(
    for job: GenerationJob, _ emit: (GenerationEvent) -> Void
  ) throws -> DioramaPipeline {
    try loaded.withLock { pipeline in
      if let pipeline { return pipeline }
      let clock = ContinuousClock()
      let start = clock.now
      emit(.loading(model: directory.path))
      // The digest is wanted when the file begins, some steps from now.
      hash.start()
      let new = try DioramaPipeline(
        planner(), threads: threads, textEncoder: textEncoder.loaded,
        withEncoder: job.pipelineRequest.inputs.needsEncoder)
      textEncoder.share(new.textEncoder)
      emit(.loaded(seconds: (clock.now - start) / .seconds(1)))
      if !new.unreadEntries.isEmpty { emit(.warning(Self.unread(new.unreadEntries))) }
      pipeline = new
      return new
    }
  }

  /// What a run will be and need.
  func plan(_ request: PipelineRequest) throws -> PipelinePlan { try planner()(request) }

  /// Configs and vocabulary, read at the first call.
  private func planner() throws -> PipelinePlanner {
    try knownPlanner.withLock { planner in
      if let planner { return planner }
      let new = try PipelinePlanner(directory, precision: precision.compute)
      planner = new
      return new
    }
  }

  /// How a video of this model is made; waits for the digest.
  func metadata(_ job: GenerationJob) throws -> RunMetadata {
    RunMetadata(
      modelName: name, modelHash: try hash.value(), precision: precision, request: job.request,
      inputs: job.inputs)
  }

  /// Entries that nobody read, the first few by name.
  private static func unread(_ entries: [String]) -> String {
    let shown = entries.prefix(5).joined(separator: ", ")
    let rest = entries.count > 5 ? " and \(entries.count - 5) more" : ""
    return "the model has entries that this version does not know: \(shown)\(rest)"
  }
}
