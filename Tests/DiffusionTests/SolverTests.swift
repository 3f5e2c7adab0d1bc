import Tensor
import Testing

@testable import Diffusion

@Suite("Solvers")
struct SolverTests {
  /// Runs a case of the fixtures; returns the result and the number of evaluations.
  func run(_ golden: SolverCase) throws -> (result: [Float], evaluations: Int, sampler: Sampler) {
    let kind = try #require(SolverKind(rawValue: golden.solver))
    let sampler = try Sampler(
      solver: kind, sigmas: golden.sigmas, shape: Fixtures.shape, heldSteps: golden.heldSteps)
    let latents = try Tensor(golden.noise, shape: Fixtures.shape)
    var field = try ToyField(shape: Fixtures.shape)
    try sampler.run(latents) { field($0, $1) }
    return (latents.array(), field.evaluations, sampler)
  }

  /// The twin computes in Float64; a dozen steps in Float32 stay within a few roundings of it.
  @Test("agree with the PyTorch twin", arguments: SolverCase.twin)
  func twin(golden: SolverCase) throws {
    let found = try run(golden)
    #expect(relativeError(found.result, golden.result) < 1e-6)
    #expect(found.evaluations == found.sampler.evaluations)
  }

  @Test("agree with the schedulers of diffusers", arguments: SolverCase.diffusers)
  func diffusers(golden: SolverCase) throws {
    #expect(relativeError(try run(golden).result, golden.result) < 1e-6)
  }

  @Test("the twin's noise levels are ours", arguments: SolverCase.twin.filter { $0.shift != nil })
  func levels(golden: SolverCase) throws {
    let shift = try #require(golden.shift)
    #expect(
      try FlowSchedule.sigmas(steps: golden.sigmas.count - 1, shift: shift) == golden.sigmas)
  }

  /// With one step there is nothing but the first velocity: z − v.
  @Test("one step is a step of Euler's method", arguments: SolverKind.allCases)
  func oneStep(kind: SolverKind) throws {
    let noise: [Float] = [1.5, -0.25, 0.75, 2]
    let latents = try Tensor(noise, shape: [4])
    let velocity = try Tensor([0.5, 1, -2, 0.25], shape: [4])
    let sampler = try Sampler(solver: kind, sigmas: [1, 0], shape: [4])
    var calls: [Double] = []
    try sampler.run(latents) { _, sigma in
      calls.append(sigma)
      return velocity
    }
    #expect(latents.array() == [1, -1.25, 2.75, 1.75])
    #expect(calls == [1])
  }

  /// A straight flow has the same velocity all along: every solver is exact, whatever the steps.
  @Test("a straight flow is followed exactly", arguments: SolverKind.allCases, [1, 2, 3, 7, 50])
  func straight(kind: SolverKind, steps: Int) throws {
    let (clean, noise): ([Float], [Float]) = ([0.3, -1, 2], [1, 0.5, -0.7])
    let latents = try Tensor(noise, shape: [3])
    let velocity = try Tensor(zip(noise, clean).map { $0 - $1 }, shape: [3])
    let sigmas = try FlowSchedule.sigmas(steps: steps, shift: 3)
    try Sampler(solver: kind, sigmas: sigmas, shape: [3]).run(latents) { _, _ in velocity }
    #expect(relativeError(latents.array(), clean) < 1e-5)
  }

  /// The infinities of λ at the ends must not become NaN, nor may tiny steps.
  @Test("many steps stay finite", arguments: SolverKind.allCases, [0.01, 1, 100])
  func finite(kind: SolverKind, shift: Double) throws {
    let shape = [1, 4]
    let latents = try Tensor([1, -2, 0.5, 0], shape: shape)
    var field = try ToyField(shape: shape)
    let sigmas = try FlowSchedule.sigmas(steps: 1000, shift: shift)
    try Sampler(solver: kind, sigmas: sigmas, shape: shape).run(latents) { field($0, $1) }
    #expect(latents.array().allSatisfy { $0.isFinite && abs($0) < 10 })
  }

  @Test("the estimate of a step is what the velocity says", arguments: SolverKind.allCases)
  func estimate(kind: SolverKind) throws {
    let shape = [1, 4]
    let latents = try Tensor([1, -2, 0.5, 0], shape: shape)
    var field = try ToyField(shape: shape)
    let sigmas = try FlowSchedule.sigmas(steps: 5, shift: 2)
    var expected: [Float] = []
    try Sampler(solver: kind, sigmas: sigmas, shape: shape).run(latents) { latents, sigma in
      let v = field(latents, sigma)
      // The first evaluation of a step counts; Heun's second only improves the step.
      if expected.isEmpty {
        expected = zip(latents.array(), v.array()).map { $0 - Float(sigma) * $1 }
      }
      return v
    } onStep: { state in
      let estimate = try #require(state.estimate)
      #expect(relativeError(estimate.array(), expected) < 1e-6)
      expected = []
    }
  }
}
