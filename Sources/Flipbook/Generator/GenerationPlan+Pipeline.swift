import Diorama

extension GenerationPlan {
  /// The pipeline's plan in this module's terms.
  init(_ plan: PipelinePlan) {
    size = FrameSize(width: plan.width, height: plan.height)
    frames = plan.frames
    latentGrid = Array(plan.latentShape.prefix(3))
    latentChannels = plan.latentShape[3]
    pictureTokens = plan.latentShape.prefix(3).reduce(1, *)
    textTokens = plan.textTokens
    shots = ShotPlan.shots(of: plan)
    steps = plan.steps
    evaluations = plan.evaluations
    weightByteCount = plan.weightBytes
    arenaByteCount = plan.arenaBytes
    peakByteCount = plan.peakBytes
    operations = plan.flops.values.reduce(0, +)
  }
}
