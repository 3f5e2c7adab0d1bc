import Video

extension LoadableModel {
  /// Plans all clips of a comparison, and checks that they fit together.
  ///
  /// - Parameter base: the job of the request without its variations.
  /// - Throws: `FlipbookError` for the first thing that is wrong.
  func comparisonJob(
    _ comparison: Comparison, base: GenerationJob
  ) throws(FlipbookError) -> GenerationJob {
    var variants: [GenerationJob] = []
    for request in try comparison.requests(base.request) { variants.append(try job(request)) }
    let plan = variants[0].plan
    for (job, variant) in zip(variants, comparison.variants)
    where job.plan.size != plan.size || job.plan.frames != plan.frames {
      throw .option(
        name: "compare", found: comparison.text, expected: "clips of one size and length",
        advice: "'\(variant.label)' has \(job.plan.frames) frames of \(job.plan.size), and the "
          + "first has \(plan.frames) of \(plan.size)")
    }
    let kept = (variants.count - 1) * plan.frames * plan.size.width * plan.size.height * 3
    guard kept <= Comparison.keptByteLimit else {
      throw .memory(
        problem: "the clips of --compare that wait for the last one would take "
          + "\(Quantity.bytes(kept)), and \(Quantity.bytes(Comparison.keptByteLimit)) is the most",
        advice: "compare fewer, smaller or shorter clips")
    }
    return GenerationJob(
      request: base.request, plan: plan, notes: base.notes, warnings: base.warnings,
      inputs: base.inputs,
      pipelineRequest: variants[0].pipelineRequest, variants: variants,
      layout: SideBySide(
        labels: comparison.variants.map { DrawableText.ascii($0.label) },
        part: PictureSize(width: plan.size.width, height: plan.size.height)))
  }
}
