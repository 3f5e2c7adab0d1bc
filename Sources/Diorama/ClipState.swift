package import Diffusion
package import Tensor

/// Where a run stands: within a stretch, and what came before it. Everything that the rest depends on.
package struct ClipState {
  /// Within the stretch.
  package let sampler: SamplerState
  /// Which stretch, from 0.
  package let stretch: Int
  /// The latents of the clip before the stretch's own, [T, C, h, w]; nil in the first stretch, and
  /// where the request does not keep them.
  package let earlier: Tensor?

  /// Steps taken in the stretch.
  package var completedSteps: Int { sampler.completedSteps }
  /// The stretch's latents, [C, T, h, w].
  package var latents: Tensor { sampler.latents }
  /// The stretch's clean latents as the last step saw them.
  package var estimate: Tensor? { sampler.estimate }

  init(sampler: SamplerState, stretch: Int, earlier: Tensor?) {
    self.sampler = sampler
    self.stretch = stretch
    self.earlier = earlier
  }

  /// The tensors to save.
  package var tensors: [String: Tensor] {
    var all = sampler.tensors
    if let earlier { all[Self.earlierKey] = earlier }
    return all
  }

  /// The rest, as text.
  package var metadata: [String: String] {
    var all = sampler.metadata
    if stretch > 0 { all[Self.stretchKey] = "\(stretch)" }
    return all
  }

  private static let earlierKey = "earlier"
  private static let stretchKey = "stretch"

  /// Reads a state back; whether it belongs to a run is checked when the run resumes.
  ///
  /// - Throws: `DiffusionError.state` where something is missing or is not what it should be.
  package init(tensors: [String: Tensor], metadata: [String: String]) throws(DiffusionError) {
    sampler = try SamplerState(tensors: tensors, metadata: metadata)
    let text = metadata[Self.stretchKey] ?? "0"
    guard let stretch = Int(text), stretch >= 0 else {
      throw .state(
        key: Self.stretchKey, found: "\"\(text)\"", expected: "a number that is not negative")
    }
    self.stretch = stretch
    earlier = tensors[Self.earlierKey]
  }

  /// - Throws: `DioramaError.state` where the state is not one of such a run.
  func check(_ plan: PipelinePlan) throws(DioramaError) {
    guard stretch < plan.stretches.count else {
      throw .state(
        found: "stretch \(stretch + 1)", expected: "at most \(plan.stretches.count)")
    }
    guard stretch > 0 else { return }
    let begin = plan.stretches[stretch]
    let shape = [begin.start + begin.given, plan.latentShape[3]] + plan.latentShape[1...2]
    guard earlier?.shape == shape else {
      throw .state(
        found: earlier.map { "earlier latents of shape \($0.shape)" } ?? "no earlier latents",
        expected: "earlier latents of shape \(shape)")
    }
  }
}
