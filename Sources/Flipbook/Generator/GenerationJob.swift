import Diffusion
import Diorama

/// A request that has been checked, with nothing left open.
public struct GenerationJob: Sendable {
  /// The request with the model's own values where it named none.
  public let request: GenerationRequest
  /// What the run will be and need.
  public let plan: GenerationPlan
  /// What will likely disappoint.
  public let warnings: [String]

  /// The same for the pipeline.
  let pipelineRequest: PipelineRequest
}
