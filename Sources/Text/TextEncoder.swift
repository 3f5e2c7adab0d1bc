import Layers
package import Tensor

/// The text encoder: BERT (Devlin et al., arXiv 1810.04805, section 3; the blocks are those of
/// Vaswani et al., arXiv 1706.03762, Figure 1 left, normalised after each sum), in the size of
/// all-MiniLM-L6-v2 (Wang et al., arXiv 2002.10957). Frozen; it gives the hidden states of all
/// tokens.
///
///     x = LN(word + position + segment)
///     for each layer:
///       x = LN(x + W_o · attention(x W_q, x W_k, x W_v))
///       x = LN(x + W_2 · gelu(W_1 x))
///
/// `L` tokens of one text, `[CLS]` and `[SEP]` among them · `D` width (384) · `H` heads (12)
package struct TextEncoder: Sendable {
  package let configuration: Configuration

  private let wordEmbedding: Embedding  // [vocabulary, D]
  private let positionEmbedding: Tensor  // [positions, D]
  private let segmentEmbedding: Tensor  // [segments, D]; one text is all of segment 0
  private let embeddingNorm: LayerNorm
  private let layers: [TextEncoderLayer]

  /// Builds the encoder from the weights of a Hugging Face `BertModel`.
  ///
  /// - Throws: `WeightError` for a key that is missing or has another shape; `TensorError` where
  ///   memory is short.
  package init(_ weights: Weights, configuration: Configuration) throws {
    self.configuration = configuration
    let (width, epsilon) = (configuration.width, configuration.epsilon)
    let embeddings = weights["embeddings"]
    wordEmbedding = try Embedding(
      embeddings["word_embeddings"], count: configuration.vocabularySize, width: width)
    positionEmbedding = try embeddings["position_embeddings"].tensor(
      "weight", [configuration.positions, width])
    segmentEmbedding = try embeddings["token_type_embeddings"].tensor(
      "weight", [configuration.segments, width])
    embeddingNorm = try LayerNorm(embeddings["LayerNorm"], size: width, epsilon: epsilon)
    layers = try (0..<configuration.layers).map {
      try TextEncoderLayer(weights["encoder"]["layer"][$0], configuration: configuration)
    }
  }

  /// The hidden states of one text.
  ///
  /// - Parameters:
  ///   - ids: `L` token ids below the vocabulary's size, at least one.
  ///   - compute: Threads and memory; the result is taken from its arena.
  /// - Returns: [L, D].
  /// - Throws: `TextError.tooManyTokens` for more tokens than the encoder has positions.
  package func callAsFunction(_ ids: [Int], _ compute: Compute) throws(TextError) -> Tensor {
    guard ids.count <= configuration.positions else {
      throw .tooManyTokens(shot: nil, found: ids.count, limit: configuration.positions)
    }
    let x = compute.arena.tensor([ids.count, configuration.width])
    compute.arena.scope { () -> Void in
      let sum = compute.arena.tensor([ids.count, configuration.width])
      embed(ids, into: sum)
      x.copy(from: embeddingNorm(sum, compute))
    }
    compute.observe("text_encoder.embeddings", x)
    for (index, layer) in layers.enumerated() {
      layer(x, compute)
      compute.observe("text_encoder.encoder.layer.\(index)", x)
    }
    return x
  }

  /// Writes word + position + segment to `sum` [L, D].
  private func embed(_ ids: [Int], into sum: Tensor) {
    let width = configuration.width
    let segment = segmentEmbedding.pointer
    for (position, id) in ids.enumerated() {
      let place = positionEmbedding.pointer + position * width
      let row = sum.pointer + position * width
      wordEmbedding.copy(id, to: row)
      for channel in 0..<width { row[channel] = row[channel] + place[channel] + segment[channel] }
    }
  }
}

/// One layer of the encoder. Key names are those of `BertLayer`.
struct TextEncoderLayer: Sendable {
  private let heads: Int
  private let query: Linear
  private let key: Linear
  private let value: Linear
  private let attentionOutput: Linear
  private let attentionNorm: LayerNorm
  private let intermediate: Linear
  private let output: Linear
  private let outputNorm: LayerNorm

  init(_ weights: Weights, configuration: TextEncoder.Configuration) throws {
    let (width, hidden) = (configuration.width, configuration.hiddenWidth)
    let attention = weights["attention"]
    heads = configuration.heads
    // A prompt is encoded once: packing every panel of the weights for it takes a few milliseconds, keeping
    // them packed twice the memory of all other weights.
    func linear(_ weights: Weights, _ inputs: Int, _ outputs: Int) throws -> Linear {
      try Linear(weights, inputs: inputs, outputs: outputs, staysInFile: true)
    }
    query = try linear(attention["self"]["query"], width, width)
    key = try linear(attention["self"]["key"], width, width)
    value = try linear(attention["self"]["value"], width, width)
    attentionOutput = try linear(attention["output"]["dense"], width, width)
    attentionNorm = try LayerNorm(
      attention["output"]["LayerNorm"], size: width, epsilon: configuration.epsilon)
    intermediate = try linear(weights["intermediate"]["dense"], width, hidden)
    output = try linear(weights["output"]["dense"], hidden, width)
    outputNorm = try LayerNorm(
      weights["output"]["LayerNorm"], size: width, epsilon: configuration.epsilon)
  }

  /// x [L, D], in place.
  func callAsFunction(_ x: Tensor, _ compute: Compute) {
    let tokens = x.shape[0]
    let perHead = [tokens, heads, x.shape[1] / heads]
    compute.arena.scope { () -> Void in
      let attended = attention(
        queries: query(x, compute).reshaped(perHead),
        keys: key(x, compute).reshaped(perHead),
        values: value(x, compute).reshaped(perHead),
        pattern: .full(tokens),
        compute)
      attentionOutput(attended, addingTo: x, gate: nil, compute)
      x.copy(from: attentionNorm(x, compute))
    }
    compute.arena.scope { () -> Void in
      let hidden = intermediate(x, compute, activation: .gelu)
      output(hidden, addingTo: x, gate: nil, compute)
      x.copy(from: outputNorm(x, compute))
    }
  }
}
