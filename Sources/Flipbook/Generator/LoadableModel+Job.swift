import Diffusion
import Diorama
import Text

extension LoadableModel {
  /// Fills in what a request leaves open, plans the run, and checks that it can be carried out. The
  /// files it writes are not looked at.
  ///
  /// - Throws: `FlipbookError` for the first thing that is wrong.
  func job(_ request: GenerationRequest) throws(FlipbookError) -> GenerationJob {
    try request.validate()
    if let path = request.fromLatents { try precision.check(latents: path) }
    let (native, scheduler) = (configuration.native, configuration.scheduler)
    let nativeSize = FrameSize(width: native.width, height: native.height)
    let inputs = try RequestInputs(request, openingFrames: native.openingFrames)
    let size = try inputs.size(request, native: nativeSize)
    try size.check()
    let frames = try inputs.frameCount(request, native: native.frames)
    do {
      let clip = try inputs.clip(request, size)
      let grid = try LatentGrid(
        frames: native.sequenceFrames(of: frames, clip), width: size.width, height: size.height)
      // The largest clips would be shifted further than the schedule allows.
      let shift = min(
        scheduler.schedule.shift(tokens: grid.count), GenerationRequest.shiftLimits.upperBound)
      var resolved = request
      resolved.size = size
      resolved.ratio = nil
      resolved.ratioIsAdaptive = false
      resolved.resolution = nil
      resolved.length = .frames(frames)
      resolved.steps = request.steps ?? scheduler.steps
      resolved.guidanceScale = request.guidanceScale ?? scheduler.guidance.scale
      resolved.guidanceRescale = request.guidanceRescale ?? scheduler.guidance.rescale
      resolved.guidanceInterval = request.guidanceInterval ?? scheduler.guidance.interval
      resolved.zeroStar = request.zeroStar ?? scheduler.guidance.zeroStar
      resolved.solver = request.solver ?? Solver(rawValue: scheduler.solver.rawValue)
      resolved.shift = request.shift ?? shift
      var pipelineRequest = try pipelineRequest(resolved, size: size, frames: frames)
      pipelineRequest.inputs = clip
      pipelineRequest.keepsLatents = request.saveLatents != nil
      let preceding = request.keepsVideo ? inputs.video : nil
      let plan = GenerationPlan(
        try DioramaPipeline.plan(
          directory: directory, request: pipelineRequest, precision: precision.compute),
        preceding: preceding?.frameCount ?? 0)
      try checkMemory(plan)
      if let latents = request.fromLatents {
        try LatentsFile.check(latents, madeFrom: inputs.files)
      }
      let job = GenerationJob(
        request: resolved, plan: plan,
        warnings: inputs.notes(size)
          + GenerationRequest.warnings(size: size, native: nativeSize),
        inputs: inputs.files, pipelineRequest: pipelineRequest, preceding: preceding)
      return try request.comparison.map { try comparisonJob($0, base: job) } ?? job
    } catch { throw FlipbookError(wrapping: error) }
  }

  /// A resolved request in the pipeline's terms.
  private func pipelineRequest(
    _ request: GenerationRequest, size: FrameSize, frames: Int
  ) throws -> PipelineRequest {
    let scheduler = configuration.scheduler
    let zeroStar = request.zeroStar ?? scheduler.guidance.zeroStar
    let timed = try TimedPrompt(request.prompt)
    var result = PipelineRequest(
      prompt: try ShotPrompt(parsing: timed?.parts[0].text ?? request.prompt),
      negativePrompt: request.negativePrompt,
      width: size.width, height: size.height, frames: frames,
      steps: request.steps ?? scheduler.steps,
      guidance: try Guidance(
        scale: request.guidanceScale ?? scheduler.guidance.scale,
        interval: request.guidanceInterval ?? scheduler.guidance.interval,
        rescale: request.guidanceRescale ?? scheduler.guidance.rescale,
        zeroStar: zeroStar, zeroSteps: zeroStar ? scheduler.guidance.zeroSteps : 0),
      solver: request.solver.flatMap { SolverKind(rawValue: $0.rawValue) } ?? scheduler.solver,
      shift: request.shift, seed: request.seed ?? 0)
    result.timeline = (timed?.parts ?? []).map {
      ShotPrompt.Shot(text: $0.text, seconds: $0.end - $0.start)
    }
    return result
  }

  /// Addresses that a thread takes beside the plan: OpenBLAS's buffer of 128 MiB, a stack, a heap.
  private static let addressesPerThread = 256 << 20

  /// Refuses a run that cannot fit, before anything is loaded. OpenBLAS must never be short of
  /// addresses: it asks for its buffers again for ever.
  private func checkMemory(_ plan: GenerationPlan) throws(FlipbookError) {
    let addresses =
      plan.peakByteCount + plan.arenaByteCount / 4 + (threads + 1) * Self.addressesPerThread
    for (needed, left, advice) in [
      (plan.peakByteCount, MemoryInformation.availableByteCount, "close other programs"),
      (addresses, MemoryInformation.addressSpaceLeft, "raise 'ulimit -v', or take fewer --threads"),
    ] {
      guard let left, left < needed else { continue }
      throw .memory(
        problem: "the run needs about \(Quantity.bytes(needed)), and \(Quantity.bytes(left)) are "
          + "free", advice: "take a smaller --size or fewer --frames, or \(advice)")
    }
  }
}
