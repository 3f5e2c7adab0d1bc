import Checkpoint
import Foundation
import Layers
import Tensor
import Testing

@testable import Text

@Suite struct TextEncoderTests {
  /// The bundled encoder, loaded once for all tests.
  static let bundled = Result {
    var config = try ConfigReader(opening: Fixtures.model + "text_encoder/config.json")
    let weights = try Safetensors(opening: Fixtures.model + "text_encoder/model.safetensors")
    let configuration = try TextEncoder.Configuration(&config)
    let encoder = try TextEncoder(Weights(weights), configuration: configuration)
    return (encoder: encoder, unknown: config.unknownFields, unread: weights.unreadKeys)
  }

  static func compute(threads: Int = 1, tokens: Int = 64) throws -> Compute {
    let bytes = try bundled.get().encoder.activationByteCount(tokens: tokens)
    return try Compute(threads: threads, arenaByteCount: bytes)
  }

  /// The project's target is 1e-4 in Float32; the order of sums differs, nothing else does.
  @Test func hiddenStatesEqualThoseOfPython() throws {
    let encoder = try Self.bundled.get().encoder
    let expected = try Safetensors(opening: Fixtures.folder + "hidden_states.safetensors")
    let tokenizer = try Fixtures.tokenizer()
    let compute = try Self.compute()
    for (index, prompt) in try Fixtures.tokens().prompts.enumerated() {
      let golden = try expected.tensor("\(index)")
      try compute.arena.scope {
        let found = try encoder(tokenizer.ids(of: prompt), compute)
        #expect(found.shape == golden.shape)
        let error = relativeError(found.array(), golden.array())
        #expect(error < 1e-5, "\(visible(prompt))")
      }
    }
  }

  @Test func configAndWeightsAreReadWhole() throws {
    let (encoder, unknown, unread) = try Self.bundled.get()
    #expect(
      encoder.configuration
        == TextEncoder.Configuration(
          vocabularySize: 30522, positions: 512, width: 384, hiddenWidth: 1536, layers: 6,
          heads: 12))
    #expect(unknown == [])
    #expect(unread == [])
  }

  @Test func bitsDoNotDependOnTheThreads() throws {
    let encoder = try Self.bundled.get().encoder
    let ids = try Fixtures.tokenizer().ids(of: Fixtures.tokens().prompts[7])
    let reference = try encoder(ids, Self.compute()).array()
    for threads in [2, 3, 5] {
      let found = try encoder(ids, Self.compute(threads: threads)).array()
      #expect(found.elementsEqual(reference) { $0.bitPattern == $1.bitPattern }, "\(threads)")
    }
  }

  @Test(arguments: [1, 2, 17, 64, 200])
  func arenaPlanIsWhatIsTaken(_ tokens: Int) throws {
    let encoder = try Self.bundled.get().encoder
    let compute = try Self.compute(tokens: tokens)
    _ = try encoder(Array(repeating: 1037, count: tokens), compute)
    #expect(compute.arena.peakByteCount == encoder.activationByteCount(tokens: tokens))
    #expect(compute.arena.usedByteCount == Arena.byteCount(of: [tokens, 384]))
  }

  @Test func moreTokensThanPositions() throws {
    let encoder = try Self.bundled.get().encoder
    let compute = try Self.compute(tokens: 512)
    let states = try encoder(Array(repeating: 1037, count: 512), compute)
    #expect(states.array().allSatisfy { $0.isFinite })
    #expect(throws: TextError.tooManyTokens(shot: nil, found: 513, limit: 512)) {
      try encoder(Array(repeating: 1037, count: 513), compute)
    }
  }

  @Test func missingAndMisshapenWeightsAreNamed() throws {
    let configuration = TextEncoder.Configuration(
      vocabularySize: 5, positions: 4, width: 16, hiddenWidth: 8, layers: 1, heads: 1)
    var tensors = try Self.weights(of: configuration)
    _ = try TextEncoder(Weights(DictionaryWeights(tensors)), configuration: configuration)

    let key = "encoder.layer.0.attention.self.query.bias"
    tensors[key] = try Tensor([3])
    #expect(throws: WeightError.shape(key: key, found: [3], expected: [16])) {
      try TextEncoder(Weights(DictionaryWeights(tensors)), configuration: configuration)
    }
    tensors[key] = nil
    #expect(throws: WeightError.missing(key: key, expected: [16])) {
      try TextEncoder(Weights(DictionaryWeights(tensors)), configuration: configuration)
    }
  }

  /// Zeros in every shape that a configuration asks for.
  static func weights(of configuration: TextEncoder.Configuration) throws -> [String: Tensor] {
    let (width, hidden) = (configuration.width, configuration.hiddenWidth)
    var shapes: [String: [Int]] = [
      "embeddings.word_embeddings.weight": [configuration.vocabularySize, width],
      "embeddings.position_embeddings.weight": [configuration.positions, width],
      "embeddings.token_type_embeddings.weight": [configuration.segments, width],
    ]
    func add(_ name: String, _ outputs: Int, _ inputs: Int?) {
      shapes[name + ".weight"] = [outputs] + (inputs.map { [$0] } ?? [])
      shapes[name + ".bias"] = [outputs]
    }
    add("embeddings.LayerNorm", width, nil)
    for layer in (0..<configuration.layers).map({ "encoder.layer.\($0)." }) {
      for name in ["self.query", "self.key", "self.value", "output.dense"] {
        add(layer + "attention." + name, width, width)
      }
      add(layer + "attention.output.LayerNorm", width, nil)
      add(layer + "intermediate.dense", hidden, width)
      add(layer + "output.dense", width, hidden)
      add(layer + "output.LayerNorm", width, nil)
    }
    return try shapes.mapValues { try Tensor($0) }
  }

  /// ‖found − expected‖ / ‖expected‖, summed in Float64.
  func relativeError(_ found: [Float], _ expected: [Float]) -> Double {
    guard found.count == expected.count else { return .infinity }
    let difference = zip(found, expected).reduce(0.0) { $0 + pow(Double($1.0 - $1.1), 2) }
    return (difference / expected.reduce(0.0) { $0 + pow(Double($1), 2) }).squareRoot()
  }
}
