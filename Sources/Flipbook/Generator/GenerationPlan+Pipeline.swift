import Diorama

extension GenerationPlan {
  /// The pipeline's plan in this module's terms.
  ///
  /// - Parameter preceding: frames of a video that the result begins with.
  init(_ plan: PipelinePlan, preceding: Int = 0) {
    size = FrameSize(width: plan.width, height: plan.height)
    frames = preceding + plan.frames
    latentGrid = Array(plan.latentShape.prefix(3))
    latentChannels = plan.latentShape[3]
    pictureTokens = plan.pictureTokens
    stretches = plan.stretches.count
    stretchFrames = plan.longestGrid.videoFrames
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
