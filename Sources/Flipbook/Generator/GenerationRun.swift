import Diffusion
import Diorama
import Video

/// One video, from the prompt to the file, on the calling thread.
struct GenerationRun {
  let job: GenerationJob
  /// Flags that end the run.
  let checks: [Cancellation]
  let emit: (GenerationEvent) -> Void

  init(
    job: GenerationJob, checks: [Cancellation], emit: @escaping (GenerationEvent) -> Void
  ) {
    self.job = job
    self.checks = checks
    self.emit = emit
  }

  /// - Throws: errors of every floor; whatever is thrown, no partial file stays.
  func callAsFunction(_ model: LoadableModel) throws {
    try check()
    // Loaded before the clock starts.
    _ = try model.pipeline(for: job, emit)
    let clock = ContinuousClock()
    let start = clock.now
    let outputs = GenerationOutputs(job) { try model.metadata(job).json }
    defer { outputs.cancel() }
    let append = { (picture: Picture) in
      try outputs.append(picture)
      emit(.decoded(frames: outputs.frameCount, of: job.plan.frames))
    }
    if let layout = job.layout {
      try compare(layout, model, append)
    } else {
      try frames(model, append)
    }
    try check()
    try outputs.finish()
    emit(
      .finished(
        GenerationResult(
          path: job.request.output ?? "", metadata: try model.metadata(job),
          plan: job.plan, seconds: (clock.now - start) / .seconds(1))))
  }

  /// Makes the frames and hands them on.
  func frames(_ model: LoadableModel, _ append: (Picture) throws -> Void) throws {
    let pipeline = try model.pipeline(for: job, emit)
    try check()
    let clock = ContinuousClock()
    let start = clock.now
    emit(.started(job.plan, job.request))
    for note in job.notes { emit(.note(note)) }
    // Read when it is wanted, since the model's digest may still be on its way.
    let metadata = { try model.metadata(job) }
    let state = try job.request.fromLatents.map { path in try LatentsFile.read(path).0 }
    let resumedAt = state.map(stepsDone) ?? 0
    var stepsBegin: ContinuousClock.Instant?
    var isFirst = true

    try pipeline.generate(job.pipelineRequest, resume: state) { event in
      switch event {
      case .textEncoded(let tokens):
        emit(.textEncoded(tokens: tokens))
        stepsBegin = clock.now
        try check()
      case .step(let state):
        emit(
          .step(
            StepProgress(
              step: stepsDone(state), count: stepCount, resumedAt: resumedAt,
              seconds: (clock.now - (stepsBegin ?? start)) / .seconds(1))))
        try finishStep(state, metadata, pipeline)
      case .frame(let picture):
        try check()
        if isFirst { try appendPreceding(append) }
        isFirst = false
        try append(picture)
      }
    }
  }

  /// What happens between two steps: a look at the clip, latents that are kept, and the end where
  /// somebody wants it.
  private func finishStep(
    _ state: ClipState, _ metadata: () throws -> RunMetadata, _ pipeline: DioramaPipeline
  ) throws {
    let isCancelled = checks.contains { $0.reason != nil }
    // At the end of every stretch as well: whoever interrupts its decoding goes on from there.
    if let path = job.request.saveLatents, isCancelled || state.completedSteps == job.plan.steps {
      try LatentsFile.write(state, metadata: try metadata(), to: path)
      emit(.latentsSaved(path: path))
    }
    try check()
    if let path = job.request.preview, let estimate = state.estimate {
      var picture = try pipeline.preview(estimate)
      if job.request.watermark == true { Watermark(size: picture.size).draw(on: &picture) }
      try PNGWriter.write(picture, to: path)
    }
  }

  /// Steps of all stretches.
  private var stepCount: Int { job.plan.steps * job.plan.stretches }

  private func stepsDone(_ state: ClipState) -> Int {
    state.stretch * job.plan.steps + state.completedSteps
  }

  /// The video that is gone on with, where it belongs to the result.
  private func appendPreceding(_ append: (Picture) throws -> Void) throws {
    guard let preceding = job.preceding else { return }
    let next = try preceding.frames(
      in: PictureSize(width: job.plan.size.width, height: job.plan.size.height))
    while let picture = try next() {
      try check()
      try append(picture)
    }
  }

  private func check() throws(FlipbookError) {
    for cancellation in checks { try cancellation.check() }
  }
}
