import Checkpoint
import Diorama
import Text

/// The plan of a video of a model's own size and length, with a prompt of one word.
struct NativePlan {
  let plan: GenerationPlan
  /// Floating-point operations by component.
  let operations: [String: Double]

  init(_ directory: ModelDirectory) throws {
    let configuration = try ModelConfiguration(directory)
    let (native, scheduler) = (configuration.native, configuration.scheduler)
    let plan = try DioramaPipeline.plan(
      directory: directory,
      request: PipelineRequest(
        prompt: ShotPrompt(parsing: "a"), negativePrompt: "",
        width: native.width, height: native.height, frames: native.frames,
        steps: scheduler.steps, guidance: scheduler.guidance, solver: scheduler.solver,
        shift: nil, seed: 0))
    self.plan = GenerationPlan(plan)
    operations = plan.flops
  }
}
