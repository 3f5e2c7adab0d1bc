import Checkpoint
import Diffusion
import Tensor
import Testing
import Text
import Video

@testable import Diorama

/// Clips that are made from pictures and videos, and clips of several stretches.
@Suite struct InputTests {
  /// Sequences of five latent frames; longer clips are made of stretches.
  private let model: TestModel

  init() throws { model = try TestModel(index: ["native_frames": 17, "longest_frames": 17]) }

  private func request(
    _ inputs: ClipInputs = ClipInputs(), frames: Int = 9, prompt: String = "a red ball rolls",
    solver: SolverKind = .unipc
  ) throws -> PipelineRequest {
    var request = PipelineRequest(
      prompt: try ShotPrompt(parsing: prompt), width: 48, height: 32, frames: frames, steps: 4,
      guidance: try Guidance(scale: 3), solver: solver, shift: 2, seed: 11)
    request.inputs = inputs
    return request
  }

  private struct Result: Equatable {
    /// Of the last step of every stretch, [C, T, h, w].
    var latents: [[UInt32]] = []
    var frames: [Picture] = []
  }

  private func run(
    _ request: PipelineRequest, threads: Int = 2, resume: ClipState? = nil
  ) throws -> Result {
    var result = Result()
    let pipeline = try DioramaPipeline(directory: try model.open(), threads: threads)
    try pipeline.generate(request, resume: resume) { event in
      switch event {
      case .textEncoded: break
      case .step(let state):
        while result.latents.count <= state.stretch { result.latents.append([]) }
        result.latents[state.stretch] = bits(state.latents)
      case .frame(let picture): result.frames.append(picture)
      }
    }
    return result
  }

  /// A picture of smooth colours, another for every number.
  private func picture(_ number: Int) -> Picture {
    var picture = Picture(width: 48, height: 32)
    for index in picture.pixels.indices {
      picture.pixels[index] = UInt8((index * (number + 3) / 7) % 251)
    }
    return picture
  }

  /// A video of so many frames that is drawn anew.
  private func redrawing(_ count: Int, strength: Double) -> ClipInputs {
    let pictures = (0..<count).map(picture)
    var inputs = ClipInputs()
    inputs.source = {
      var rest = pictures[...]
      return { rest.popFirst() }
    }
    inputs.strength = strength
    return inputs
  }

  /// Pictures through the encoder and back, in one stream.
  private func roundTrip(_ pictures: [Picture]) throws -> [Picture] {
    let autoencoder = try DioramaPipeline(directory: try model.open(), threads: 1).autoencoder
    let compute = try Compute.forTests()
    let grid = LatentGrid(frames: 1 + pictures.count / 4, rows: 2, columns: 3)
    let latents = try Tensor([4, grid.frames, 2, 3])
    var encoding = try PictureEncoding(autoencoder, grid, compute)
    encoding.encode(opening: pictures, into: latents)
    var stream = try autoencoder.makeDecoderStream(rows: 2, columns: 3)
    return (0..<grid.frames).flatMap { frame in
      compute.arena.scope {
        let pixels = stream(
          DioramaPipeline.latentFrames(frame..<frame + 1, of: latents, compute), compute)
        return (0..<pixels.shape[0]).map { Picture(pixels: pixels, frame: $0) }
      }
    }
  }

  @Test(arguments: SolverKind.allCases) func firstFrameComesOut(solver: SolverKind) throws {
    var inputs = ClipInputs()
    inputs.opening = [picture(1)]
    let result = try run(try request(inputs, solver: solver))
    #expect(result.frames.count == 9)
    #expect(try result.frames[0] == roundTrip([picture(1)])[0])
    #expect(try result.frames != run(try request(solver: solver)).frames)
  }

  /// A picture that a later shot begins with: the latent where the shot begins becomes that of the
  /// picture standing still, in a clip that is made at once and in one of several stretches.
  @Test(arguments: [9, 33]) func aLaterShotBeginsWithAPicture(frames: Int) throws {
    var inputs = ClipInputs()
    inputs.shotOpenings = [1: picture(2)]
    let request = try request(inputs, frames: frames, prompt: "a ball [cut 0.3333s] red")
    let pipeline = try DioramaPipeline(directory: try model.open(), threads: 1)
    let plan = try pipeline.plan(request)
    let place = plan.shotFrames[0]
    let index = try #require(
      plan.stretches.firstIndex { ($0.start + $0.given..<$0.end).contains(place) })
    let frame = place - plan.stretches[index].start

    var made: [Float] = []
    try pipeline.generate(request) { event in
      guard case .step(let state) = event, state.stretch == index else { return }
      made = values(state.latents, frame: frame)
    }
    let grid = LatentGrid(frames: 2, rows: 2, columns: 3)
    let still = try Tensor([4, 2, 2, 3])
    var encoding = try PictureEncoding(pipeline.autoencoder, grid, try Compute.forTests())
    encoding.encode(opening: Array(repeating: picture(2), count: 5), into: still)
    let expected = values(still, frame: 1)
    #expect(made.count == expected.count)
    // The last step ends where the path does, but for the rounding of its sums.
    #expect(zip(made, expected).allSatisfy { abs($0 - $1) < 1e-4 * max(1, abs($1)) })
  }

  /// One frame of latents [C, T, h, w].
  private func values(_ latents: Tensor, frame: Int) -> [Float] {
    let positions = latents.shape[2] * latents.shape[3]
    let all = latents.array()
    return (0..<latents.shape[0]).flatMap { channel in
      let start = (channel * latents.shape[1] + frame) * positions
      return all[start..<start + positions]
    }
  }

  /// The last latent is that of the picture standing still.
  @Test func lastFrameComesOut() throws {
    var inputs = ClipInputs()
    inputs.opening = [picture(1)]
    inputs.last = picture(2)
    let both = try run(try request(inputs))
    #expect(try both.frames[0] == roundTrip([picture(1)])[0])
    inputs.opening = []
    let last = try run(try request(inputs))
    #expect(last.frames != both.frames)
    inputs.lastUntil = 0.5
    let half = try run(try request(inputs))
    #expect(half.frames != last.frames)
    inputs.lastUntil = 0
    #expect(try run(try request(inputs)).frames == run(try request()).frames)
    inputs.lastUntil = 1
    inputs.opening = [picture(1)]
    #expect(throws: DioramaError.nothingToMake(frames: 5)) {
      try run(try request(inputs, frames: 5))
    }
  }

  /// A video's end is a clip's beginning that is not shown.
  @Test func continuationGoesOnBehindTheVideo() throws {
    var inputs = ClipInputs()
    inputs.opening = (0..<5).map(picture)
    let shown = try run(try request(inputs, frames: 17))
    #expect(try Array(shown.frames.prefix(5)) == roundTrip(inputs.opening))
    inputs.showsOpening = false
    let new = try run(try request(inputs, frames: 9))
    #expect(new.frames == Array(shown.frames[5..<14]))
  }

  /// Text to video neither loads the encoder nor minds what is wrong with it; a picture does.
  @Test func theEncoderIsLoadedWhereItIsNeeded() throws {
    let broken = try TestModel(spoiling: "vae.encoder.conv_in.weight")
    let planner = try PipelinePlanner(try broken.open(), precision: .f32)
    let error = DioramaError.weight(key: "vae.encoder.conv_in.weight", index: 1, value: "nan")
    #expect(throws: error) { try DioramaPipeline(planner, threads: 2) }
    let pipeline = try DioramaPipeline(planner, threads: 2, withEncoder: false)
    #expect(pipeline.unreadEntries.isEmpty)
    try pipeline.generate(try request()) { _ in }
    var inputs = ClipInputs()
    inputs.opening = [picture(1)]
    #expect(inputs.needsEncoder && !ClipInputs().needsEncoder)
    for _ in 0..<2 {
      #expect(throws: error) { try pipeline.generate(try request(inputs)) { _ in } }
    }
  }

  @Test(arguments: [9, 25]) func strengthZeroIsTheAutoencoder(frames: Int) throws {
    let inputs = redrawing(frames, strength: 0)
    let result = try run(try request(inputs, frames: frames))
    #expect(result.latents.isEmpty)
    #expect(try result.frames == roundTrip((0..<frames).map(picture)))
  }

  @Test func strengthOneIsTextToVideo() throws {
    var inputs = redrawing(9, strength: 1)
    let whole = try run(try request())
    #expect(try run(try request(inputs)) == whole)
    inputs.strength = 0.5
    let half = try run(try request(inputs))
    #expect(half.frames != whole.frames)
    let directory = try model.open()
    let plan = try DioramaPipeline.plan(directory: directory, request: try request(inputs))
    // t = 0.5 under the shift of 2 is 2/3.
    #expect(plan.steps == 2 && plan.sigmas.count == 3 && abs(plan.sigmas[0] - 2.0 / 3) < 1e-12)
    inputs = redrawing(8, strength: 0.5)
    #expect(throws: DioramaError.sourceEnds(found: 8, expected: 9)) {
      try run(try request(inputs))
    }
  }

  /// Every task on any number of threads.
  @Test func bitsDoNotDependOnThreads() throws {
    var inputs = ClipInputs()
    inputs.opening = [picture(1)]
    inputs.last = picture(2)
    let long = try request(inputs, frames: 29, prompt: "a red ball [cut] a blue cube falls")
    inputs = redrawing(25, strength: 0.6)
    for request in [long, try request(inputs, frames: 25)] {
      let one = try run(request, threads: 1)
      #expect(one.frames.count == request.frames && one.latents.count > 1)
      for threads in [2, 3, 5] { #expect(try run(request, threads: threads) == one) }
    }
  }

  /// A run of three stretches that stops in the second one.
  @Test(arguments: [false, true]) func stretchesCanBeTakenUp(redraws: Bool) throws {
    struct Stop: Error {}
    var request = try request(redraws ? redrawing(29, strength: 0.8) : ClipInputs(), frames: 29)
    request.timeline = [
      ShotPrompt.Shot(text: "a red ball", seconds: 0.5),
      ShotPrompt.Shot(text: "a blue cube", seconds: 28.0 / 24 - 0.5),
    ]
    request.keepsLatents = true
    let whole = try run(request)
    #expect(whole.latents.count == 3)
    let pipeline = try DioramaPipeline(directory: try model.open(), threads: 2)
    var saved: [ClipState] = []
    #expect(throws: Stop.self) {
      try pipeline.generate(request) { event in
        guard case .step(let state) = event, state.stretch == 1, state.completedSteps == 2 else {
          return
        }
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
    #expect(rest.frames == whole.frames && rest.latents[2] == whole.latents[2])
    // A shorter clip has no such stretch.
    #expect(throws: DioramaError.self) { try run(try self.request(frames: 9), resume: state) }
  }

  /// What a stretch takes over from the one before comes out of its sampling unchanged.
  @Test func stretchesHoldWhatTheyTakeOver() throws {
    let request = try request(frames: 25)
    let stretches = try DioramaPipeline.plan(directory: try model.open(), request: request)
      .stretches
    #expect(stretches.map(\.start) == [0, 2] && stretches[1].given == 3)
    var latents: [[Float]] = []
    let pipeline = try DioramaPipeline(directory: try model.open(), threads: 2)
    try pipeline.generate(request) { event in
      guard case .step(let state) = event, state.completedSteps == 4 else { return }
      latents.append(state.latents.array())
    }
    // Frames 1 and 2 of the second window are frames 3 and 4 of the first; the last step ends within
    // rounding of them, and what is decoded are they themselves.
    for channel in 0..<4 {
      for frame in 1..<3 {
        for position in 0..<6 {
          let before = latents[0][(channel * 5 + frame + 2) * 6 + position]
          let after = latents[1][(channel * 5 + frame) * 6 + position]
          #expect(abs(before - after) < 1e-5)
        }
      }
    }
  }

  @Test func planHoldsTheEncoder() throws {
    let inputs = redrawing(9, strength: 0)
    let request = try request(inputs)
    let pipeline = try DioramaPipeline(directory: try model.open(), threads: 1)
    let plan = try pipeline.plan(request)
    #expect(plan.evaluations == 0 && plan.steps == 0)
    let compute = try Compute.forTests()
    try pipeline.run(request, plan, compute) { _ in }
    #expect(compute.arena.peakByteCount <= plan.arenaBytes)

    let grid = LatentGrid(frames: 1, rows: 2, columns: 3)
    let cost = EncoderCost(
      grid: grid, configuration: pipeline.configuration.autoencoder, precision: .f32)
    let alone = try Compute.forTests()
    var encoding = try PictureEncoding(pipeline.autoencoder, grid, alone)
    encoding.encode(opening: (0..<5).map(picture), into: try Tensor([4, 2, 2, 3]))
    let used = alone.arena.peakByteCount
    // The input's four frames are counted in full.
    #expect(used <= cost.activationBytes && 4 * used > 3 * cost.activationBytes)
  }

  /// Guidance of scale 0 follows the negative prompt alone: after one step from the same noise, with the given frame
  /// left out of it, new latents are those of a clip to which nothing is given.
  @Test func guidanceLeavesGivenFramesOut() throws {
    func newLatents(_ inputs: ClipInputs, givenAbove: Double) throws -> [UInt32] {
      var request = try request(inputs)
      request.steps = 1
      request.guidance = try Guidance(scale: 0, givenAbove: givenAbove)
      let latents = try run(request).latents[0]
      // [4, 3, 2, 3], whose first frame is given.
      return latents.indices.filter { $0 % 18 >= 6 }.map { latents[$0] }
    }
    var inputs = ClipInputs()
    inputs.opening = [picture(0)]
    let without = try newLatents(ClipInputs(), givenAbove: 1)
    #expect(try newLatents(inputs, givenAbove: 0.9) == without)
    #expect(try newLatents(inputs, givenAbove: 1) != without)
  }

  /// The twin replaces the given frame before every look of the model; here its velocity stands in
  /// for the model's.
  @Test func heldFramesOfTheTwin() throws {
    let golden = try Fixture.golden("held")
    let transformer = try Fixture.transformer()
    let compute = try Compute.forTests()
    let grid = LatentGrid(frames: 3, rows: 1, columns: 2)
    let noise = try golden["noise"]
    let states = try golden["text"]
    let layout = try TokenLayout(
      textLengths: [states.shape[0]], shotFrames: [3], grid: grid,
      configuration: transformer.configuration)
    let words = transformer.embed(text: states, compute)
    let mask = [true, false, false]
    let held = HeldFrames(target: try golden["given"], noise: noise, mask: mask)
    let latents = try Tensor(noise.shape)
    latents.copy(from: noise)
    let velocity = try Tensor(noise.shape)
    let sampler = try Sampler(
      solver: .unipc, sigmas: try FlowSchedule.sigmas(steps: 4, shift: 3), shape: noise.shape)
    try sampler.run(latents) { z, sigma in
      transformer(
        z, sigma: sigma, text: words,
        conditioning: Conditioning(latents: held.target, mask: mask), layout: layout,
        into: velocity, compute)
      held.steer(velocity)
      return velocity
    }
    held.settle(latents)
    #expect(relativeError(latents, try golden["latents"]) < 1e-4)
  }
}
