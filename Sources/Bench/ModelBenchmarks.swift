// The model's parts, and all of it.

import Checkpoint
import Diffusion
import Diorama
import Files
import Tensor
import Text
import Video

/// The prompt of all whole runs.
private let prompt = "a red ball bounces in a green meadow under a blue sky"

/// Rows for what can be run: a part without weights is run with synthetic ones, and what cannot be
/// done without is left out, with a note.
func modelBenchmarks(
  _ shapes: ModelShapes, _ directory: ModelDirectory?
) throws -> (benchmarks: [Benchmark], notes: [String]) {
  var rows: [Benchmark] = []
  var notes: [String] = []
  let transformer = try weights("transformer", directory)
  let autoencoder = try weights("vae", directory)
  let part = { (name: String, weights: WeightFiles?) in
    weights == nil ? "synthetic weights" : "weights of \(name)"
  }
  if transformer == nil { notes.append("transformer: no weights, so synthetic ones") }
  if autoencoder == nil { notes.append("autoencoder: no weights, so synthetic ones") }

  if let directory, try weights("text_encoder", directory) != nil {
    rows.append(try textEncoder(directory, limit: shapes.transformer.maxTextTokens))
  } else {
    notes.append("text encoder: no weights, so no row")
  }
  for precision in ComputePrecision.allCases {
    rows.append(step(shapes, transformer, part("transformer", transformer), precision))
  }
  for precision in [ComputePrecision.f32, .bf16] {
    rows.append(decode(shapes, autoencoder, part("vae", autoencoder), precision))
    rows.append(encode(shapes, autoencoder, part("vae", autoencoder), precision))
  }
  if let directory, transformer != nil, autoencoder != nil {
    for precision in ComputePrecision.allCases {
      rows.append(try load(directory, precision))
      rows.append(try wholeRun(directory, precision))
      rows.append(try shortRun(directory, precision))
    }
  } else {
    notes.append("load and whole run: they need all weights; name a model with --model DIR")
  }
  return (rows, notes)
}

/// The weights of a component; nil where the directory has none.
private func weights(_ component: String, _ directory: ModelDirectory?) throws -> WeightFiles? {
  guard let directory, try FileFacts.of("\(directory.path)/\(component)") != nil,
    try directoryEntries("\(directory.path)/\(component)").contains(where: {
      $0.hasSuffix(".safetensors") || $0.hasSuffix(".safetensors.index.json")
    })
  else { return nil }
  return try directory.weights(component)
}

private func source(_ files: WeightFiles?, _ precision: ComputePrecision) -> Weights {
  let source: any WeightSource = if let files { files } else { SyntheticWeights() }
  return Weights(source, precision: precision)
}

private func textEncoder(_ directory: ModelDirectory, limit: Int) throws -> Benchmark {
  var config = try directory.config("text_encoder")
  let configuration = try TextEncoder.Configuration(&config)
  let tokenizer = try Tokenizer(vocabulary: try directory.file("tokenizer/vocab.txt"))
  let tokens = try tokenizer.ids(of: prompt, limit: limit).count
  return .arithmetic(
    "model/text-encoder", shape: "\(tokens) tokens, with the tokenizer",
    operations: textEncoderOperations(configuration, tokens: tokens)
  ) { threads in
    let encoder = try PromptEncoder(directory)
    let compute = try makeCompute(threads: threads)
    return { try compute.arena.scope { () throws in _ = try encoder(prompt, compute) } }
  }
}

private func gridText(_ shapes: ModelShapes) -> String {
  "\(shapes.grid.width)×\(shapes.grid.height), \(shapes.grid.videoFrames) frames"
}

/// One evaluation of the transformer: a step without guidance, half a step with it.
private func step(
  _ shapes: ModelShapes, _ files: WeightFiles?, _ origin: String, _ precision: ComputePrecision
) -> Benchmark {
  let configuration = shapes.transformer
  return .arithmetic(
    "model/transformer-evaluation", in: precision,
    shape: "\(gridText(shapes)), \(shapes.textTokens) text tokens, \(origin)",
    operations: transformerOperations(shapes)
  ) { threads in
    let transformer = try Transformer(source(files, precision), configuration: configuration)
    let compute = try makeCompute(threads: threads)
    let layout = try TokenLayout(
      textLengths: [shapes.textTokens], shotFrames: [shapes.grid.frames], grid: shapes.grid,
      configuration: configuration)
    let size = [
      configuration.latentChannels, shapes.grid.frames, shapes.grid.rows, shapes.grid.columns,
    ]
    let latents = try Tensor.normals(size)
    let velocity = try Tensor(size)
    let text = transformer.embed(
      text: try .normals([shapes.textTokens, configuration.textWidth], seed: 2), compute)
    return {
      transformer(
        latents, sigma: 0.5, text: text, conditioning: Conditioning(none: shapes.grid),
        layout: layout, into: velocity, compute)
    }
  }
}

/// All latents of a clip to pixels, as many at once as in a run.
private func decode(
  _ shapes: ModelShapes, _ files: WeightFiles?, _ origin: String, _ precision: ComputePrecision
) -> Benchmark {
  let grid = shapes.grid
  return .arithmetic(
    "model/decode", in: precision, shape: "\(gridText(shapes)), \(origin)",
    operations: autoencoderOperations(shapes.decoderConvolutions, shapes)
  ) { threads in
    let autoencoder = try Autoencoder(
      source(files, precision), configuration: shapes.autoencoder)
    let compute = try makeCompute(threads: threads)
    let latents = try Tensor.normals(
      [grid.frames, grid.rows, grid.columns, shapes.autoencoder.latentChannels])
    return {
      var stream = try autoencoder.makeDecoderStream(rows: grid.rows, columns: grid.columns)
      let together = Autoencoder.DecoderStream.latentsAtOnce(positions: grid.positionsPerFrame)
      for first in stride(from: 0, to: grid.frames, by: together) {
        let frames = first..<min(first + together, grid.frames)
        compute.arena.scope { _ = stream(latents[frames], compute) }
      }
    }
  }
}

/// All frames of a clip to latents, a latent's worth at a time.
private func encode(
  _ shapes: ModelShapes, _ files: WeightFiles?, _ origin: String, _ precision: ComputePrecision
) -> Benchmark {
  let grid = shapes.grid
  return .arithmetic(
    "model/encode", in: precision, shape: "\(gridText(shapes)), \(origin)",
    operations: autoencoderOperations(shapes.encoderConvolutions, shapes)
  ) { threads in
    let autoencoder = try Autoencoder(
      source(files, precision), configuration: shapes.autoencoder)
    let compute = try makeCompute(threads: threads)
    let pixels = try Tensor.normals([grid.videoFrames, grid.height, grid.width, 3], times: 0.3)
    return {
      var stream = try autoencoder.makeEncoderStream(rows: grid.rows, columns: grid.columns)
      for frame in 0..<grid.frames {
        let frames = max(0, 4 * frame - 3)..<4 * frame + 1
        compute.arena.scope { _ = stream(pixels[frames], compute) }
      }
    }
  }
}

/// Everything between a path and a model that is ready: files mapped, weights widened, checked and
/// packed. The files are in the page cache.
private func load(_ directory: ModelDirectory, _ precision: ComputePrecision) throws -> Benchmark {
  var parameters = 0
  for component in ["text_encoder", "transformer", "vae"] {
    parameters += try directory.weights(component).parameterCount
  }
  return Benchmark(
    "model/load" + suffix(precision), shape: "\(parameters / 1_000_000) M parameters",
    work: .bytes(Double(parameters * MemoryLayout<Float>.stride)), limit: .unknown,
    isParallel: false
  ) { threads in
    let path = directory.path
    return {
      _ = try DioramaPipeline(
        directory: try ModelDirectory(opening: path), threads: threads, precision: precision)
    }
  }
}

/// From the prompt to the mp4, with the model loaded and everything at its default.
private func wholeRun(
  _ directory: ModelDirectory, _ precision: ComputePrecision
) throws -> Benchmark {
  let defaults = try DioramaPipeline.defaults(directory: directory)
  return try run(
    "model/whole-run", directory, precision, defaults, steps: defaults.steps,
    guidance: defaults.guidance)
}

/// The same in eight steps without guidance, which is half the work of a step.
private func shortRun(
  _ directory: ModelDirectory, _ precision: ComputePrecision
) throws -> Benchmark {
  try run(
    "model/short-run", directory, precision, try DioramaPipeline.defaults(directory: directory),
    steps: 8, guidance: try Guidance(scale: 1))
}

private func run(
  _ name: String, _ directory: ModelDirectory, _ precision: ComputePrecision,
  _ defaults: PipelineDefaults, steps: Int, guidance: Guidance
) throws -> Benchmark {
  let request = PipelineRequest(
    prompt: try ShotPrompt(parsing: prompt), width: defaults.width, height: defaults.height,
    frames: defaults.frames, steps: steps, guidance: guidance, solver: defaults.solver, seed: 7)
  let plan = try DioramaPipeline.plan(
    directory: directory, request: request, precision: precision)
  return .arithmetic(
    name, in: precision,
    shape: "\(defaults.width)×\(defaults.height), \(defaults.frames) frames, \(defaults.solver), "
      + "\(steps) steps, \(plan.evaluations) evaluations, mp4",
    operations: plan.flops.values.reduce(0, +)
  ) { threads in
    let pipeline = try DioramaPipeline(
      directory: directory, threads: threads, precision: precision)
    let folder = try TemporaryFolder()
    let size = PictureSize(width: defaults.width, height: defaults.height)
    return {
      let writer = try MP4Writer(
        "\(folder.path)/clip.mp4", size: size, framesPerSecond: defaults.framesPerSecond)
      try pipeline.generate(request) { event in
        if case .frame(let picture) = event { try writer.append(picture) }
      }
      try writer.finish()
    }
  }
}
