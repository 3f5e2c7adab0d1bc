import Checkpoint
import Diffusion
import Layers
import Tensor
import Testing
import Text
import Video

@testable import Diorama

@Suite struct PipelineTests {
  private let model: TestModel

  init() throws { model = try TestModel() }

  private func request(
    _ prompt: String = "a red ball rolls [cut] a blue cube falls", solver: SolverKind = .unipc,
    width: Int = 48, height: Int = 32, frames: Int = 9
  ) throws -> PipelineRequest {
    PipelineRequest(
      prompt: try ShotPrompt(parsing: prompt), width: width, height: height, frames: frames,
      steps: 3, guidance: try Guidance(scale: 3), solver: solver, seed: 11)
  }

  /// What a run gives: the bits of the last latents, and the frames.
  private struct Result: Equatable {
    var latents: [UInt32] = []
    var frames: [Picture] = []
    var tokens: [Int] = []
  }

  private func run(
    threads: Int = 2, _ request: PipelineRequest, resume: ClipState? = nil,
    precision: ComputePrecision = .f32
  ) throws -> Result {
    var result = Result()
    let pipeline = try DioramaPipeline(
      directory: try model.open(), threads: threads, precision: precision)
    try pipeline.generate(request, resume: resume) { event in
      switch event {
      case .textEncoded(let tokens): result.tokens = tokens
      case .step(let state): result.latents = bits(state.latents)
      case .frame(let picture): result.frames.append(picture)
      }
    }
    return result
  }

  @Test func oneSeedGivesOneClip() throws {
    let request = try request()
    let first = try run(threads: 1, request)
    #expect(first.tokens == [6, 6])
    #expect(first.frames.count == 9)
    #expect(first.frames.allSatisfy { $0.size == PictureSize(width: 48, height: 32) })
    #expect(try run(threads: 1, request) == first)
    for threads in [2, 3, 5] { #expect(try run(threads: threads, request) == first) }
    var other = request
    other.seed += 1
    #expect(try run(other) != first)
  }

  @Test(arguments: [ComputePrecision.bf16, .int8])
  func roundedClipsDoNotDependOnThreads(precision: ComputePrecision) throws {
    let request = try request()
    let one = try run(threads: 1, request, precision: precision)
    for threads in [2, 3] {
      #expect(try run(threads: threads, request, precision: precision) == one)
    }
    #expect(try run(request) != one)
  }

  /// Stopped after the second of three steps and taken up by another pipeline.
  @Test(arguments: SolverKind.allCases) func resumedRunsGiveTheSameBits(solver: SolverKind) throws {
    struct Stop: Error {}
    let request = try request(solver: solver)
    let whole = try run(request)
    let pipeline = try DioramaPipeline(directory: try model.open(), threads: 2)
    var saved: [ClipState] = []
    #expect(throws: Stop.self) {
      try pipeline.generate(request) { event in
        guard case .step(let state) = event, state.completedSteps == 2 else { return }
        var tensors: [String: Tensor] = [:]
        for (name, tensor) in state.tensors {
          tensors[name] = try Tensor(tensor.array(), shape: tensor.shape)
        }
        saved.append(try ClipState(tensors: tensors, metadata: state.metadata))
        throw Stop()
      }
    }
    let state: ClipState = try #require(saved.first)
    let rest = try run(request, resume: state)
    #expect(rest.latents == whole.latents)
    #expect(rest.frames == whole.frames)
  }

  @Test(arguments: ComputePrecision.allCases)
  func planHoldsTheActivations(precision: ComputePrecision) throws {
    for (width, height, frames) in [(48, 32, 9), (16, 16, 1), (64, 96, 5)] {
      let shots = frames > 1 ? "a red ball [cut] a cube" : "a red ball"
      let request = try request(shots, width: width, height: height, frames: frames)
      let pipeline = try DioramaPipeline(
        directory: try model.open(), threads: 1, precision: precision)
      let plan = try pipeline.plan(request)
      #expect(plan.evaluations == 6)
      #expect(plan.latentShape == [1 + frames / 4, height / 16, width / 16, 4])
      let compute = try Compute.forTests()
      try pipeline.run(request, plan, compute) { _ in }
      let used = compute.arena.peakByteCount
      #expect(used <= plan.arenaBytes && 4 * used > 3 * plan.arenaBytes, "\(plan)")
    }
  }

  @Test func previewIsTheFirstFrame() throws {
    let pipeline = try DioramaPipeline(directory: try model.open(), threads: 2)
    var first: Picture?
    var latents: Tensor?
    try pipeline.generate(try request()) { event in
      switch event {
      case .step(let state):
        latents = try Tensor(state.latents.array(), shape: state.latents.shape)
      case .frame(let picture): first = first ?? picture
      case .textEncoded: break
      }
    }
    #expect(try pipeline.preview(try #require(latents)) == first)
  }

  @Test func brokenNumbersAreNamed() throws {
    let broken = try TestModel(spoiling: "transformer.pairs.1.temporal.picture.mlp_in.bias")
    #expect(
      throws: DioramaError.weight(
        key: "transformer.pairs.1.temporal.picture.mlp_in.bias", index: 1, value: "nan")
    ) { try DioramaPipeline(directory: try broken.open(), threads: 1) }
    // What is packed from the file and never widened is looked through as well.
    let packed = try TestModel(
      spoiling: "transformer.pairs.1.temporal.picture.mlp_in.weight", as: .bf16)
    #expect(
      throws: DioramaError.weight(
        key: "transformer.pairs.1.temporal.picture.mlp_in.weight", index: 1, value: "nan")
    ) { try DioramaPipeline(directory: try packed.open(), threads: 1, precision: .bf16) }
    let pipeline = try DioramaPipeline(directory: try model.open(), threads: 1)
    #expect {
      try pipeline.generate(try request()) { event in
        guard case .step(let state) = event, state.completedSteps == 1 else { return }
        state.latents.pointer[5] = .infinity
      }
    } throws: { error in
      guard case DioramaError.activation(let finding) = error else { return false }
      return finding.layer == "transformer.patch_embedding"
    }
  }

  @Test func requestsAreChecked() throws {
    let directory = try model.open()
    func plan(_ request: PipelineRequest) throws -> PipelinePlan {
      try DioramaPipeline.plan(directory: directory, request: request)
    }
    #expect(throws: DioramaError.frames(found: 8)) { try plan(try request(frames: 8)) }
    #expect(throws: DioramaError.size(width: 50, height: 32, multiple: 16)) {
      try plan(try request(width: 50))
    }
    #expect(throws: DioramaError.shots(count: 2, latentFrames: 1)) {
      try plan(try request(frames: 1))
    }
    #expect(throws: TextError.tooManyTokens(shot: 2, found: 9, limit: 8)) {
      try plan(try request("a ball [cut] the red red red red red ball"))
    }
  }

  @Test func componentsMustFit() throws {
    let other = try TestModel(transformer: ["text_width": 32])
    #expect(
      throws: DioramaError.components(
        "transformer", field: "text_width", found: 32, other: "text_encoder/config.json",
        expected: 16)
    ) { try DioramaPipeline.defaults(directory: try other.open()) }
  }

  /// Four guided steps of the twin from its own noise, and the frames that it makes of them.
  @Test func clipOfTheTwin() throws {
    let golden = try Fixture.golden("clip")
    let (transformer, autoencoder) = (try Fixture.transformer(), try Fixture.autoencoder())
    let compute = try Compute.forTests()
    let grid = LatentGrid(frames: 2, rows: 1, columns: 2)
    let latents = try golden["noise"]
    let branches = try ["text", "empty"].map { name in
      let states = try golden[name]
      return (
        words: transformer.embed(text: states, compute),
        layout: try TokenLayout(
          textLengths: [states.shape[0]], shotFrames: [2], grid: grid,
          configuration: transformer.configuration),
        velocity: try Tensor(latents.shape)
      )
    }
    let guidance = try Guidance(scale: 3)
    let sampler = try Sampler(
      solver: .unipc, sigmas: try FlowSchedule.sigmas(steps: 4, shift: 3), shape: latents.shape)
    try sampler.run(latents) { z, sigma in
      for branch in branches {
        transformer(
          z, sigma: sigma, text: branch.words, conditioning: Conditioning(none: grid),
          layout: branch.layout, into: branch.velocity, compute)
      }
      guidance.combine(
        conditional: branches[0].velocity, unconditional: branches[1].velocity)
      return branches[0].velocity
    }
    #expect(relativeError(latents, try golden["latents"]) < 1e-4)
    var stream = try autoencoder.makeDecoderStream(rows: 1, columns: 2)
    let frames = stream(try channelsLast(latents), compute)
    #expect(relativeError(frames, try golden["frames"]) < 1e-4)
  }
}
