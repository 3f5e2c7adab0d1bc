import Checkpoint
import Diffusion
import Tensor
import Testing

@testable import Diorama

/// The transformer against its PyTorch twin in Float64. A block is held to 1e-5, a whole step, which
/// is four blocks deep and ends in a projection, to 1e-4 relative.
@Suite struct TransformerTests {
  private static let grid = LatentGrid(frames: 3, rows: 4, columns: 5)

  private func layout(
    _ textLengths: [Int], _ shotFrames: [Int],
    attention: TransformerConfiguration.Attention = .alternating
  ) throws -> TokenLayout {
    try TokenLayout(
      textLengths: textLengths, shotFrames: shotFrames, grid: Self.grid,
      configuration: try Fixture.transformerConfiguration(attention: attention))
  }

  @Test func spatialBlock() throws {
    let golden = try Fixture.golden("blocks")
    let compute = try Compute.forTests()
    let block = try SpatialBlock(
      Weights(try Fixture.weights("transformer"))["pairs"][0]["spatial"],
      configuration: try Fixture.transformerConfiguration())
    let (pictures, words) = (try golden["picture"], try golden["text"])
    block(
      pictures: pictures, words: words, shared: try golden["shared"],
      layout: try layout([3, 2], [2, 1]), compute)
    #expect(relativeError(pictures, try golden["spatial.picture"]) < 1e-5)
    #expect(relativeError(words, try golden["spatial.text"]) < 1e-5)
  }

  @Test(arguments: [(0, "plain"), (1, "shifted")])
  func temporalBlock(pair: Int, name: String) throws {
    let golden = try Fixture.golden("blocks")
    let compute = try Compute.forTests()
    let block = try TemporalBlock(
      Weights(try Fixture.weights("transformer"))["pairs"][pair]["temporal"],
      configuration: try Fixture.transformerConfiguration(), shifted: pair == 1)
    let pictures = try golden["picture"]
    block(
      pictures, shared: try golden["shared"], layout: try layout([3, 2], [2, 1]), compute)
    #expect(relativeError(pictures, try golden["temporal.\(name)"]) < 1e-5)
  }

  /// One shot and text alone; two shots with the first latent frame given.
  @Test(
    arguments: [("one", [5], [3]), ("two", [3, 6], [2, 1])],
    TransformerConfiguration.Attention.allCases)
  func step(
    _ scene: (name: String, textLengths: [Int], shotFrames: [Int]),
    attention: TransformerConfiguration.Attention
  ) throws {
    let golden = try Fixture.golden("steps")
    let expected = try golden["\(scene.name).\(attention.rawValue)"]
    let velocity = try velocity(
      try Fixture.transformer(attention: attention), latents: try golden["\(scene.name).latents"],
      text: try golden["\(scene.name).text"],
      conditioning: scene.name == "two"
        ? Conditioning(latents: try golden["two.condition"], mask: [true, false, false])
        : Conditioning(none: Self.grid),
      layout: try layout(scene.textLengths, scene.shotFrames, attention: attention))
    #expect(relativeError(velocity, expected) < 1e-4)
  }

  /// What rounding the factors of its blocks costs a whole step: 2e-2 in bfloat16; eight bits are not
  /// made for a width of 32, and are held to a tenth.
  @Test(
    arguments: [(ComputePrecision.bf16, 2e-2), (.int8, 1e-1)],
    TransformerConfiguration.Attention.allCases)
  func roundedStep(
    _ rounding: (precision: ComputePrecision, bound: Double),
    attention: TransformerConfiguration.Attention
  ) throws {
    let golden = try Fixture.golden("steps")
    let velocity = try velocity(
      try Fixture.transformer(attention: attention, precision: rounding.precision),
      latents: try golden["one.latents"], text: try golden["one.text"],
      layout: try layout([5], [3], attention: attention))
    let error = relativeError(velocity, try golden["one.\(attention.rawValue)"])
    #expect(error < rounding.bound)
    // It is another computation, not Float32 under another name.
    #expect(error > 1e-4)
  }

  private func velocity(
    _ transformer: Transformer, latents: Tensor, text: Tensor,
    conditioning: Conditioning = Conditioning(none: grid), layout: TokenLayout, threads: Int = 2
  ) throws -> Tensor {
    let compute = try Compute.forTests(threads: threads)
    let result = try Tensor(latents.shape)
    transformer(
      latents, sigma: 0.625, text: transformer.embed(text: text, compute),
      conditioning: conditioning, layout: layout, into: result, compute)
    return result
  }

  @Test(arguments: ComputePrecision.allCases)
  func threadsChangeNoBit(precision: ComputePrecision) throws {
    let transformer = try Fixture.transformer(precision: precision)
    let (latents, text) = (try normals([4, 3, 4, 5], seed: 1), try normals([7, 16], seed: 2))
    let layout = try layout([3, 4], [1, 2])
    let one = bits(
      try velocity(transformer, latents: latents, text: text, layout: layout, threads: 1))
    for threads in [2, 3, 5] {
      let more = try velocity(
        transformer, latents: latents, text: text, layout: layout, threads: threads)
      #expect(bits(more) == one)
    }
  }

  /// The frames [C, T, h, w] whose values differ.
  private func changedFrames(_ a: Tensor, _ b: Tensor) -> Set<Int> {
    let perFrame = a.shape[2] * a.shape[3]
    return Set(
      zip(bits(a), bits(b)).enumerated().filter { $1.0 != $1.1 }.map {
        $0.offset / perFrame % a.shape[1]
      })
  }

  @Test func swappingTextsChangesBothShots() throws {
    let transformer = try Fixture.transformer()
    let latents = try normals([4, 3, 4, 5], seed: 1)
    let (first, second) = (try normals([3, 16], seed: 2), try normals([3, 16], seed: 3))
    let layout = try layout([3, 3], [2, 1])
    let joined = try [[first, second], [second, first]].map { texts in
      try Tensor(texts.flatMap { $0.array() }, shape: [6, 16])
    }
    let (one, other) = (
      try velocity(transformer, latents: latents, text: joined[0], layout: layout),
      try velocity(transformer, latents: latents, text: joined[1], layout: layout)
    )
    #expect(changedFrames(one, other) == [0, 1, 2])
  }

  /// A spatial block lets a text change its own shot and no other.
  @Test func textReachesItsShotAlone() throws {
    let compute = try Compute.forTests()
    let block = try SpatialBlock(
      Weights(try Fixture.weights("transformer"))["pairs"][0]["spatial"],
      configuration: try Fixture.transformerConfiguration())
    let golden = try Fixture.golden("blocks")
    var results: [Tensor] = []
    for change in [Float(0), 1] {
      let (pictures, words) = (try golden["picture"], try golden["text"])
      words[3..<5].pointer[0] += change
      block(
        pictures: pictures, words: words, shared: try golden["shared"],
        layout: try layout([3, 2], [2, 1]), compute)
      results.append(pictures)
    }
    #expect(bits(results[0][0..<40]) == bits(results[1][0..<40]))
    #expect(bits(results[0][40..<60]) != bits(results[1][40..<60]))
  }

  @Test func missingAndMisshapenWeightsAreNamed() throws {
    var config = try Fixture.config("transformer", changing: ["text_width": 13])
    let other = try TransformerConfiguration(&config)
    let weights = Weights(try Fixture.weights("transformer"))
    #expect(
      throws: WeightError.shape(key: "text_norm.weight", found: [16], expected: [13])
    ) { try Transformer(weights, configuration: other) }
    var deeper = try Fixture.config("transformer", changing: ["pairs": 3])
    let missing = try TransformerConfiguration(&deeper)
    #expect(
      throws: WeightError.missing(
        key: "pairs.2.spatial.text.modulation", expected: [6, 32])
    ) { try Transformer(weights, configuration: missing) }
  }

  @Test func everyWeightIsRead() throws {
    let file = try Fixture.weights("transformer")
    _ = try Transformer(
      Weights(file), configuration: try Fixture.transformerConfiguration())
    #expect(file.unreadKeys == [])
  }
}
