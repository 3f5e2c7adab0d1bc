package import Tensor

/// Integrates the flow `dz/dσ = v(z, σ)` down a list of noise levels, in place.
///
/// ```swift
/// let sampler = try Sampler(solver: .unipc, sigmas: sigmas, shape: noise.shape)
/// try sampler.run(latents) { latents, sigma in try transformer(latents, sigma) }
/// ```
///
/// All memory is taken in the initialiser; a run takes none. One sampler serves any number of runs,
/// one after the other.
package struct Sampler {
  package let kind: SolverKind
  /// The noise levels, strictly falling; one more than there are steps.
  package let sigmas: [Double]
  package let shape: [Int]
  /// How many steps at the start leave the latents as they are: the zero-init of CFG-Zero*. They ask
  /// for no velocity, and multistep solvers start after them.
  package let heldSteps: Int

  package var steps: Int { sigmas.count - 1 }
  /// How many times a whole run asks for the velocity.
  package var evaluations: Int { kind.evaluations(steps: steps - heldSteps) }

  private let solver: any Solver

  /// - Parameters:
  ///   - sigmas: at least two noise levels, strictly falling, within 0 … 1.
  ///   - shape: the shape of the latents.
  /// - Throws: `DiffusionError` for levels that do not fall and for `heldSteps` that leave no step;
  ///   `TensorError` when memory is short.
  package init(
    solver kind: SolverKind, sigmas: [Double], shape: [Int], heldSteps: Int = 0
  ) throws {
    try Self.check(sigmas)
    guard (0..<sigmas.count - 1).contains(heldSteps) else {
      throw DiffusionError.parameter(
        name: "the number of zeroed steps", found: "\(heldSteps)",
        expected: "at least 0 and below the number of steps (\(sigmas.count - 1))")
    }
    self.kind = kind
    self.sigmas = sigmas
    self.shape = shape
    self.heldSteps = heldSteps
    solver = try kind.solver(sigmas: sigmas, firstStep: heldSteps, shape: shape)
  }

  /// Takes all steps, or those that `state` left to be taken.
  ///
  /// - Parameters:
  ///   - latents: noise at `sigmas[0]`, `[…shape]`; overwritten with the sample. When `state` is
  ///     given its values are ignored.
  ///   - state: where an earlier run stopped. The rest of the run gives the same bits as a run
  ///     that was never stopped.
  ///   - velocity: the model, with guidance.
  ///   - onStep: called after each step with the state there, which looks into live memory: copy or
  ///     write what is needed later. Throwing ends the run.
  /// - Throws: what `velocity` and `onStep` throw (the latents are then between two steps, good
  ///   for nothing), and `DiffusionError.state` when `state` belongs to another run.
  package func run(
    _ latents: Tensor, resuming state: SamplerState? = nil, velocity: VelocityField,
    onStep: (SamplerState) throws -> Void = { _ in }
  ) throws {
    precondition(latents.shape == shape, "latents \(latents.shape) for a sampler of \(shape)")
    if let state { try restore(state, into: latents) }
    for step in (state?.completedSteps ?? 0)..<steps {
      if step >= heldSteps { try solver.step(latents, step, velocity: velocity) }
      try onStep(self.state(afterStep: step, latents))
    }
  }

  private func state(afterStep step: Int, _ latents: Tensor) -> SamplerState {
    SamplerState(
      solver: kind, sigmas: sigmas, heldSteps: heldSteps, completedSteps: step + 1,
      latents: latents, history: solver.history,
      estimate: step >= heldSteps ? solver.estimate(ofStep: step) : nil)
  }

  /// Copies a state into the latents and the solver's memory.
  private func restore(_ state: SamplerState, into latents: Tensor) throws(DiffusionError) {
    try state.check("solver", state.solver.rawValue, kind.rawValue)
    try state.check("the list of sigmas", state.sigmas, sigmas)
    try state.check("the number of zeroed steps", state.heldSteps, heldSteps)
    try state.check("the shape of latents", state.latents.shape, shape)
    try state.check("the history", state.history.keys.sorted(), solver.history.keys.sorted())
    guard (0...steps).contains(state.completedSteps) else {
      throw .state(
        key: "the number of steps taken", found: "\(state.completedSteps)",
        expected: "0 … \(steps)")
    }
    for (name, saved) in state.history {
      try state.check("the shape of \(name)", saved.shape, shape)
    }
    latents.copy(from: state.latents)
    for (name, tensor) in solver.history {
      if let saved = state.history[name] { tensor.copy(from: saved) }
    }
  }

  private static func check(_ sigmas: [Double]) throws(DiffusionError) {
    guard sigmas.count >= 2 else {
      throw .parameter(
        name: "the number of sigmas", found: "\(sigmas.count)", expected: "at least 2")
    }
    for (index, sigma) in sigmas.enumerated() {
      guard sigma.isFinite, (0...1).contains(sigma) else {
        throw .sigmas(index: index, found: "\(sigma)", expected: "a number in 0 … 1")
      }
      guard index == 0 || sigma < sigmas[index - 1] else {
        throw .sigmas(
          index: index, found: "\(sigma)", expected: "less than the one before, \(sigmas[index-1])")
      }
    }
  }
}
