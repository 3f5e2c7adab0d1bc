import Tensor
import Testing

@testable import Diffusion

@Suite("Sampler")
struct SamplerTests {
  static let steps = 7

  let noise: [Float] = SolverCase.twin[0].noise
  let shape = Fixtures.shape

  func sampler(_ kind: SolverKind, heldSteps: Int = 0) throws -> Sampler {
    let sigmas = try FlowSchedule.sigmas(steps: Self.steps, shift: 2.5)
    return try Sampler(solver: kind, sigmas: sigmas, shape: shape, heldSteps: heldSteps)
  }

  /// A state as it comes back from a file: other memory, and nothing but tensors and text.
  func saved(_ state: SamplerState) throws -> SamplerState {
    let tensors = try state.tensors.mapValues { try Tensor($0.array(), shape: $0.shape) }
    return try SamplerState(tensors: tensors, metadata: state.metadata)
  }

  @Test(
    "a run that is saved and resumed gives the bits of one that is not",
    arguments: SolverKind.allCases, [0, 2])
  func resume(kind: SolverKind, heldSteps: Int) throws {
    var field = try ToyField(shape: shape)
    let whole = try Tensor(noise, shape: shape)
    var states: [SamplerState] = []
    try sampler(kind, heldSteps: heldSteps).run(whole) {
      field($0, $1)
    } onStep: {
      states.append(try saved($0))
    }
    #expect(states.map(\.completedSteps) == Array(1...Self.steps))

    for state in states {
      // Memory that another run has been through, as in a batch.
      let used = try sampler(kind, heldSteps: heldSteps)
      let latents = try Tensor(noise.reversed(), shape: shape)
      try used.run(latents) { field($0, $1) }
      try used.run(latents, resuming: state) { field($0, $1) }
      #expect(latents.array().map(\.bitPattern) == whole.array().map(\.bitPattern))
    }
  }

  @Test("runs of one sampler do not depend on each other", arguments: SolverKind.allCases)
  func reuse(kind: SolverKind) throws {
    var field = try ToyField(shape: shape)
    let sampler = try sampler(kind)
    let latents = try Tensor(noise, shape: shape)
    try sampler.run(latents) { field($0, $1) }
    let first = latents.array()
    latents.copy(from: try Tensor(noise, shape: shape))
    try sampler.run(latents) { field($0, $1) }
    #expect(latents.array() == first)
  }

  @Test("throwing from onStep ends the run there", arguments: SolverKind.allCases)
  func cancel(kind: SolverKind) throws {
    var field = try ToyField(shape: shape)
    let latents = try Tensor(noise, shape: shape)
    var last = 0
    #expect(throws: CancellationError.self) {
      try sampler(kind).run(latents) {
        field($0, $1)
      } onStep: { state in
        last = state.completedSteps
        if last == 3 { throw CancellationError() }
      }
    }
    #expect(last == 3)
  }

  @Test("what the velocity throws comes out")
  func velocityThrows() throws {
    let latents = try Tensor(noise, shape: shape)
    #expect(throws: CancellationError.self) {
      try sampler(.heun).run(latents) { _, _ in throw CancellationError() }
    }
  }

  @Test("held steps leave the noise as it is and ask for nothing", arguments: SolverKind.allCases)
  func held(kind: SolverKind) throws {
    var field = try ToyField(shape: shape)
    let sampler = try sampler(kind, heldSteps: 2)
    let latents = try Tensor(noise, shape: shape)
    try sampler.run(latents) {
      field($0, $1)
    } onStep: { state in
      if state.completedSteps <= 2 {
        #expect(state.latents.array() == noise)
        #expect(state.estimate == nil)
        #expect(field.evaluations == 0)
      }
    }
    #expect(field.evaluations == sampler.evaluations)
  }

  @Test("noise levels that do not fall are refused")
  func badSigmas() {
    let shape = [4]
    for sigmas: [Double] in [[], [1], [1, 1], [0, 1], [1, 0.5, 0.5, 0], [1.5, 0], [1, -0.1]] {
      #expect(throws: DiffusionError.self, "\(sigmas)") {
        try Sampler(solver: .euler, sigmas: sigmas, shape: shape)
      }
    }
    #expect(throws: DiffusionError.self) {
      try Sampler(solver: .euler, sigmas: [1, .nan, 0], shape: shape)
    }
    for heldSteps in [-1, 2] {
      #expect(throws: DiffusionError.self) {
        try Sampler(solver: .euler, sigmas: [1, 0.5, 0], shape: shape, heldSteps: heldSteps)
      }
    }
  }

  @Test("a state of another run is refused, and the message says why")
  func foreignState() throws {
    var field = try ToyField(shape: shape)
    let latents = try Tensor(noise, shape: shape)
    var state: SamplerState?
    try sampler(.unipc).run(latents) {
      field($0, $1)
    } onStep: {
      if $0.completedSteps == 2 { state = try saved($0) }
    }
    let unipc = try #require(state)
    #expect(throws: DiffusionError.state(key: "solver", found: "unipc", expected: "euler")) {
      try sampler(.euler).run(latents, resuming: unipc) { field($0, $1) }
    }
    let otherLevels = try Sampler(
      solver: .unipc, sigmas: FlowSchedule.sigmas(steps: Self.steps, shift: 1), shape: shape)
    #expect(throws: DiffusionError.self) {
      try otherLevels.run(latents, resuming: unipc) { field($0, $1) }
    }
    let otherShape = try Sampler(solver: .unipc, sigmas: unipc.sigmas, shape: [8, 3])
    #expect(throws: DiffusionError.self) {
      try otherShape.run(try Tensor([8, 3]), resuming: unipc) { field($0, $1) }
    }
  }

  @Test(
    "metadata that is missing or wrong is refused",
    arguments: [
      ("solver", nil), ("solver", "rk4"), ("sigmas", "1 x 0"), ("completed_steps", "-1"),
      ("completed_steps", "99"), ("held_steps", ""), ("sigmas", nil),
    ])
  func badMetadata(key: String, value: String?) throws {
    let latents = try Tensor(noise, shape: shape)
    let sigmas = try FlowSchedule.sigmas(steps: Self.steps, shift: 2.5)
    var metadata = [
      "solver": "euler", "held_steps": "0", "completed_steps": "2",
      "sigmas": sigmas.map { "\($0)" }.joined(separator: " "),
    ]
    _ = try SamplerState(tensors: ["latents": latents], metadata: metadata)
    metadata[key] = value
    #expect(throws: DiffusionError.self) {
      let state = try SamplerState(tensors: ["latents": latents], metadata: metadata)
      try sampler(.euler).run(try Tensor(shape), resuming: state) { latents, _ in latents }
    }
    #expect(throws: DiffusionError.self) { try SamplerState(tensors: [:], metadata: metadata) }
  }
}
