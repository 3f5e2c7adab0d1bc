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
    do {
      let (enhanced, timed) = try enhanced(request)
      let prompt = try ShotPrompt(parsing: timed?.parts[0].text ?? enhanced.prompt)
      let shotLatents = try latentFrames(
        ofShots: prompt.shots, framesPerSecond: native.framesPerSecond)
      // Shots that all say how long they last make a clip of that length.
      let frames = try inputs.frameCount(
        request,
        native: shotLatents.map { LatentGrid(frames: $0, rows: 1, columns: 1).videoFrames }
          ?? native.frames)
      if let shot = inputs.shots.last?.shot, shot > prompt.shots.count {
        throw FlipbookError.option(
          name: "shot-frames", found: ShotPictures.text(request.shotFrames),
          expected: "shots of the prompt, which has \(prompt.shots.count)")
      }
      let clip = try inputs.clip(request, size)
      let grid = try LatentGrid(
        frames: native.sequenceFrames(of: frames, clip), width: size.width, height: size.height)
      // The largest clips would be shifted further than the schedule allows.
      let shift = min(
        scheduler.schedule.shift(tokens: grid.count), GenerationRequest.shiftLimits.upperBound)
      var resolved = request
      resolved.enhance = request.enhance ?? enhancer.standard
      resolved.caption = enhanced.prompt == request.prompt ? nil : enhanced.prompt
      resolved.size = size
      resolved.ratio = nil
      resolved.ratioIsAdaptive = false
      resolved.resolution = nil
      resolved.length = .frames(frames)
      resolved.steps = request.steps ?? scheduler.steps
      resolved.guidanceScale = request.guidanceScale ?? scheduler.guidance.scale
      resolved.guidanceRescale = request.guidanceRescale ?? scheduler.guidance.rescale
      resolved.guidanceInterval = request.guidanceInterval ?? scheduler.guidance.interval
      resolved.guidanceGivenAbove =
        request.guidanceGivenAbove ?? scheduler.guidance.givenAbove
      resolved.zeroStar = request.zeroStar ?? scheduler.guidance.zeroStar
      resolved.solver = request.solver ?? Solver(rawValue: scheduler.solver.rawValue)
      resolved.shift = request.shift ?? shift
      var pipelineRequest = try pipelineRequest(
        resolved, prompt: prompt, timed: timed, size: size, frames: frames)
      pipelineRequest.inputs = clip
      pipelineRequest.keepsLatents = request.saveLatents != nil
      let preceding = request.keepsVideo ? inputs.video : nil
      let plan = GenerationPlan(
        try plan(pipelineRequest), preceding: preceding?.frameCount ?? 0)
      try checkMemory(plan)
      if let latents = request.fromLatents {
        try LatentsFile.check(latents, madeFrom: inputs.files)
      }
      let job = GenerationJob(
        request: resolved, plan: plan,
        notes: enhanced.notes + ShotPlan.notes(prompt.shots, plan.shots),
        warnings: inputs.notes(size)
          + GenerationRequest.warnings(size: size, native: nativeSize),
        inputs: inputs.files, pipelineRequest: pipelineRequest, preceding: preceding)
      return try request.comparison.map { try comparisonJob($0, base: job) } ?? job
    } catch { throw FlipbookError(wrapping: error) }
  }

  /// The prompt as the model reads it; of one that changes with time, every part by itself.
  private func enhanced(
    _ request: GenerationRequest
  ) throws -> (result: PromptEnhancer.Result, timed: TimedPrompt?) {
    guard let timed = try TimedPrompt(request.prompt) else { return (try enhancer(request), nil) }
    var parts: [TimedPrompt.Part] = []
    var notes: [String] = []
    for part in timed.parts {
      var alone = request
      alone.prompt = part.text
      let result = try enhancer(alone)
      parts.append(TimedPrompt.Part(start: part.start, end: part.end, text: result.prompt))
      notes += result.notes
    }
    let whole = TimedPrompt(parts: parts)
    return (PromptEnhancer.Result(prompt: whole.text, notes: notes), whole)
  }

  /// A resolved request in the pipeline's terms.
  private func pipelineRequest(
    _ request: GenerationRequest, prompt: ShotPrompt, timed: TimedPrompt?, size: FrameSize,
    frames: Int
  ) throws -> PipelineRequest {
    let scheduler = configuration.scheduler
    let zeroStar = request.zeroStar ?? scheduler.guidance.zeroStar
    var result = PipelineRequest(
      prompt: prompt, negativePrompt: request.negativePrompt,
      width: size.width, height: size.height, frames: frames,
      steps: request.steps ?? scheduler.steps,
      guidance: try Guidance(
        scale: request.guidanceScale ?? scheduler.guidance.scale,
        interval: request.guidanceInterval ?? scheduler.guidance.interval,
        givenAbove: request.guidanceGivenAbove ?? scheduler.guidance.givenAbove,
        rescale: request.guidanceRescale ?? scheduler.guidance.rescale,
        zeroStar: zeroStar, zeroSteps: zeroStar ? scheduler.guidance.zeroSteps : 0),
      solver: request.solver.flatMap { SolverKind(rawValue: $0.rawValue) } ?? scheduler.solver,
      shift: request.shift, seed: request.seed ?? 0)
    result.timeline = (timed?.parts ?? []).map {
      ShotPrompt.Shot(text: $0.text, seconds: $0.end - $0.start)
    }
    return result
  }

  /// Addresses that a thread takes beside the plan: a heap of its own (malloc's 64 MiB, twice as much while it is
  /// aligned) and a stack.
  private static let addressesPerThread = 160 << 20

  /// Refuses a run that cannot fit, before anything is loaded.
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
