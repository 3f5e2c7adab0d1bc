// A clip in the making. One stretch after the other is prepared, sampled, decoded and handed out
// before the next begins, so that memory does not grow with the clip:
//
//   given latents ─┐
//   noise ─────────┴► sampler ─► latents of the window ─► the new ones ─► decoder, one stream ─► frames
//                                     │ the last ones, and one frame
//                                     └──────► given latents of the next stretch
//
// C latent channels, T latent frames of a window, h rows, w columns.

import Diffusion
import Layers
import Tensor
import Text
import Video

struct ClipRun {
  private let pipeline: DioramaPipeline
  private let request: PipelineRequest
  private let plan: PipelinePlan
  private let watch: RunObserver
  private let compute: Compute

  private var decoder: Autoencoder.DecoderStream
  private var source: SourceVideo?
  /// Frames decoded so far, with those that the result does not show.
  private var frameCount = 0
  /// Decoded frames that a later stretch begins with, by their number.
  private var beginnings: [Int: Picture] = [:]
  /// The window before, [C, T, h, w].
  private var previous: Tensor?
  /// All latents so far, [T, C, h, w]; nil where nobody keeps them.
  private let kept: Tensor?

  /// - Throws: what opening the inputs throws, `TensorError.outOfMemory`.
  init(
    _ pipeline: DioramaPipeline, _ request: PipelineRequest, _ plan: PipelinePlan,
    _ watch: RunObserver, _ compute: Compute
  ) throws {
    self.pipeline = pipeline
    self.request = request
    self.plan = plan
    self.watch = watch
    self.compute = compute
    let grid = plan.grid
    decoder = try pipeline.autoencoder.makeDecoderStream(rows: grid.rows, columns: grid.columns)
    if let open = request.inputs.source {
      source = try SourceVideo(
        open, expected: request.frames, try PictureEncoding(pipeline.autoencoder, grid, compute))
    }
    let shape = [plan.latentShape[0], plan.latentShape[3]] + plan.latentShape[1...2]
    kept = request.keepsLatents && plan.stretches.count > 1 ? try Tensor(shape) : nil
  }

  /// Makes all stretches, or those that `state` left to be made.
  mutating func callAsFunction(
    resume state: ClipState?, _ onEvent: (PipelineEvent) throws -> Void
  ) throws {
    try state?.check(plan)
    let first = state?.stretch ?? 0
    for (index, stretch) in plan.stretches.enumerated().dropFirst(first) {
      let restored = index == first ? state : nil
      if let earlier = restored?.earlier {
        try replay(earlier, before: stretch, index) { try onEvent(.frame($0)) }
      }
      let latents = try sample(stretch, index, restored?.sampler, onEvent)
      try decode(latents, (index == 0 ? 0 : stretch.given)..<stretch.frames, at: stretch.start) {
        try onEvent(.frame($0))
      }
      previous = latents
    }
  }

  /// Text, noise and all steps of a stretch.
  /// - Returns: clean latents of its window, [C, T, h, w].
  private mutating func sample(
    _ stretch: Stretch, _ index: Int, _ state: SamplerState?,
    _ onEvent: (PipelineEvent) throws -> Void
  ) throws -> Tensor {
    let (grid, transformer) = (plan.grid(frames: stretch.frames), pipeline.transformer)
    // 1. Text, with and without the prompt.
    let prompt = try TextBranch(
      stretch.texts, stretch, grid, encoder: pipeline.textEncoder, transformer: transformer,
      compute)
    let negative =
      plan.sigmas.contains(where: request.guidance.acts)
      ? try TextBranch(
        stretch.texts.map { _ in request.negativePrompt }, stretch, grid,
        encoder: pipeline.textEncoder, transformer: transformer, compute) : nil
    try watch.check()
    if index == 0 { try onEvent(.textEncoded(tokens: plan.textTokens)) }

    // 2. What is given, and noise.
    let shape = [plan.latentShape[3], grid.frames, grid.rows, grid.columns]
    let given = try GivenLatents(shape)
    // What is given comes last: reading on to the new latents may leave others in its place.
    try source?.latents(
      stretch.start + (index == 0 ? 0 : stretch.given)..<stretch.end, into: given.start,
      start: stretch.start)
    try giveBeginning(of: stretch, index, given)
    try giveShots(of: stretch, given, grid)
    if index == plan.stretches.count - 1, let last = request.inputs.last {
      try give(last, at: grid.frames - 1, given, grid)
      given.setLast()
    }
    try watch.check()
    let noise = try Tensor(shape)
    Philox(seed: request.seed, stream: UInt64(index)).normals(into: noise)
    guard let level = plan.sigmas.first else { return given.start }
    let latents = try given.noised(with: noise, level)

    // 3. Steps.
    let sampler = try Sampler(
      solver: request.solver, sigmas: plan.sigmas, shape: shape,
      heldSteps: min(PipelinePlan.heldSteps(request), plan.steps - 1))
    let lastLevel = plan.sigmas[
      min(Int((request.inputs.lastUntil * Double(plan.steps)).rounded(.up)), plan.steps)]
    let (conditional, unconditional) = (try Tensor(shape), try Tensor(shape))
    func velocity(
      _ z: Tensor, _ sigma: Double, _ text: TextBranch, _ conditioning: Conditioning,
      into result: Tensor
    ) throws {
      transformer(
        z, sigma: sigma, text: text.words, conditioning: conditioning, layout: text.layout,
        into: result, compute)
      try watch.check()
    }
    try sampler.run(latents, resuming: state) { z, sigma in
      let conditioning = given.conditioning(withLast: sigma > lastLevel)
      try velocity(z, sigma, prompt, conditioning, into: conditional)
      if let negative, request.guidance.acts(at: sigma) {
        let leavesGivenOut = request.guidance.leavesGivenOut(at: sigma)
        try velocity(
          z, sigma, negative, leavesGivenOut ? Conditioning(none: grid) : conditioning,
          into: unconditional)
        request.guidance.combine(conditional: conditional, unconditional: unconditional)
      }
      given.held(noise, withLast: sigma > lastLevel).steer(conditional)
      return conditional
    } onStep: { state in
      compute.observe("latents", state.latents)
      try watch.check()
      try onEvent(.step(ClipState(sampler: state, stretch: index, earlier: earlier(stretch))))
    }
    given.held(noise, withLast: lastLevel == 0).settle(latents)
    return latents
  }

  /// The latents that a window begins with: the opening, or what the stretch before ended with.
  private mutating func giveBeginning(
    of stretch: Stretch, _ index: Int, _ given: GivenLatents
  ) throws {
    guard stretch.given > 0 else { return }
    var encoding = try PictureEncoding(pipeline.autoencoder, plan.grid, compute)
    if index == 0 {
      encoding.encode(opening: request.inputs.opening, into: given.condition)
    } else {
      let number = stretch.start * AutoencoderConfiguration.framesPerLatent
      guard let picture = beginnings.removeValue(forKey: number), let previous else {
        preconditionFailure("frame \(number) was not kept for the stretch that begins with it")
      }
      encoding.encode([picture], into: given.condition, frame: 0)
      let offset = stretch.start - plan.stretches[index - 1].start
      for frame in 1..<max(stretch.given, 1) {
        given.condition.setFrame(frame, from: previous, frame: frame + offset)
      }
      // A later stretch may begin with the same frame.
      if plan.stretches.dropFirst(index + 1).contains(where: { $0.start == stretch.start }) {
        beginnings[number] = picture
      }
    }
    given.holdCondition(0..<stretch.given)
  }

  /// A picture that a clip ends with, or a later shot begins with. The condition is the picture alone, as
  /// in training. What decodes to it in its place is the latent
  /// of four frames that show it, after a frame that does.
  private func give(
    _ picture: Picture, at frame: Int, _ given: GivenLatents, _ grid: LatentGrid
  ) throws {
    var encoding = try PictureEncoding(pipeline.autoencoder, grid, compute)
    encoding.encode([picture], into: given.condition, frame: frame)
    encoding.encode(
      Array(repeating: picture, count: AutoencoderConfiguration.framesPerLatent),
      into: given.start, frame: frame)
  }

  /// The pictures of the shots that begin among the new latents of a window.
  private func giveShots(
    of stretch: Stretch, _ given: GivenLatents, _ grid: LatentGrid
  ) throws {
    for (shot, picture) in request.inputs.shotOpenings.sorted(by: { $0.key < $1.key }) {
      let frame = plan.shotFrames[..<shot].reduce(0, +) - stretch.start
      guard (stretch.given..<stretch.frames).contains(frame) else { continue }
      try give(picture, at: frame, given, grid)
      given.hold(frame)
    }
  }

  /// Decodes frames of latents [C, T, h, w] that the clip goes on with.
  /// - Parameter start: the place of the first latent in the clip.
  private mutating func decode(
    _ latents: Tensor, _ range: Range<Int>, at start: Int, _ onFrame: (Picture) throws -> Void
  ) throws {
    let beginnings = Set(
      plan.stretches.dropFirst().map { $0.start * AutoencoderConfiguration.framesPerLatent })
    let shown = request.inputs.hiddenFrames..<request.inputs.hiddenFrames + plan.frames
    let together = Autoencoder.DecoderStream.latentsAtOnce(
      positions: latents.shape[2] * latents.shape[3])
    for first in stride(from: range.lowerBound, to: range.upperBound, by: together) {
      let frames = first..<min(first + together, range.upperBound)
      for frame in frames { keep(latents, frame, at: start + frame) }
      try compute.arena.scope { () throws in
        let pixels = decoder(DioramaPipeline.latentFrames(frames, of: latents, compute), compute)
        try watch.check()
        for index in 0..<pixels.shape[0] {
          let picture = Picture(pixels: pixels, frame: index)
          if beginnings.contains(frameCount) { self.beginnings[frameCount] = picture }
          frameCount += 1
          if shown.contains(frameCount - 1) { try onFrame(picture) }
        }
      }
    }
  }

  // MARK: states that can be saved

  private func keep(_ latents: Tensor, _ frame: Int, at place: Int) {
    guard let kept else { return }
    let (channels, positions) = (kept.shape[1], kept.shape[2] * kept.shape[3])
    for channel in 0..<channels {
      (kept.pointer + (place * channels + channel) * positions).update(
        from: latents.pointer + (channel * latents.shape[1] + frame) * positions,
        count: positions)
    }
    withExtendedLifetime((kept, latents)) {}
  }

  private func earlier(_ stretch: Stretch) -> Tensor? {
    stretch.start == 0 ? nil : kept.map { $0[0..<stretch.start + stretch.given] }
  }

  /// Decodes what an earlier run has made before a stretch.
  private mutating func replay(
    _ earlier: Tensor, before stretch: Stretch, _ index: Int,
    _ onFrame: (Picture) throws -> Void
  ) throws {
    let shape = [plan.latentShape[3], earlier.shape[0]] + plan.latentShape[1...2]
    let latents = try Tensor(shape)
    let positions = shape[2] * shape[3]
    for frame in 0..<shape[1] {
      for channel in 0..<shape[0] {
        (latents.pointer + (channel * shape[1] + frame) * positions).update(
          from: earlier.pointer + (frame * shape[0] + channel) * positions, count: positions)
      }
    }
    withExtendedLifetime((latents, earlier)) {}
    try decode(latents, 0..<shape[1], at: 0, onFrame)
    let before = plan.stretches[index - 1]
    let window = try Tensor([shape[0], before.frames] + shape[2...])
    for frame in 0..<before.frames {
      window.setFrame(frame, from: latents, frame: before.start + frame)
    }
    previous = window
  }
}
