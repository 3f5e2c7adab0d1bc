package import Checkpoint
import Layers
import Tensor

extension TextEncoder {
  /// The sizes of the encoder, `config.json` of a Hugging Face `BertModel`.
  package struct Configuration: Sendable, Equatable {
    /// The number of token ids (`vocab_size`).
    package let vocabularySize: Int
    /// The most tokens of one text (`max_position_embeddings`).
    package let positions: Int
    /// The number of segments (`type_vocab_size`); a text on its own is segment 0.
    package let segments: Int
    /// The width `D` of a hidden state (`hidden_size`).
    package let width: Int
    /// The width between the two maps of a layer's MLP (`intermediate_size`).
    package let hiddenWidth: Int
    /// The number of layers (`num_hidden_layers`).
    package let layers: Int
    /// The number of attention heads (`num_attention_heads`); it divides the width.
    package let heads: Int
    /// What the layer norms add to the variance (`layer_norm_eps`).
    package let epsilon: Float

    /// What the size of a head is a multiple of: `attention` computes with vectors of sixteen.
    private static let headSizeUnit = 16

    package init(
      vocabularySize: Int, positions: Int, segments: Int = 2, width: Int, hiddenWidth: Int,
      layers: Int, heads: Int, epsilon: Float = 1e-12
    ) {
      precondition(
        heads > 0 && width % (heads * Self.headSizeUnit) == 0,
        "\(heads) heads in a width of \(width)")
      self.vocabularySize = vocabularySize
      self.positions = positions
      self.segments = segments
      self.width = width
      self.hiddenWidth = hiddenWidth
      self.layers = layers
      self.heads = heads
      self.epsilon = epsilon
    }

    /// Reads a config, and refuses the kinds of BERT that this encoder is not.
    ///
    /// - Throws: `CheckpointError.config`.
    package init(_ config: inout ConfigReader) throws(CheckpointError) {
      for (field, expected) in [
        ("model_type", "bert"), ("hidden_act", "gelu"), ("position_embedding_type", "absolute"),
      ] {
        let found = try config.field(field, default: expected)
        guard found == expected else {
          throw config.error(field, found: "\"\(found)\"", expected: "\"\(expected)\"")
        }
      }
      // What training, saving and batching need, and a forward pass of one text does not.
      config.ignore(
        "architectures", "torch_dtype", "dtype", "transformers_version", "pad_token_id",
        "initializer_range", "attention_probs_dropout_prob", "hidden_dropout_prob",
        "gradient_checkpointing", "use_cache")
      vocabularySize = try config.field("vocab_size", in: 1...(1 << 24))
      positions = try config.field("max_position_embeddings", in: 2...(1 << 20))
      segments = try config.field("type_vocab_size", default: 2, in: 1...1024)
      width = try config.field("hidden_size", in: 1...(1 << 14))
      hiddenWidth = try config.field("intermediate_size", in: 1...(1 << 16))
      layers = try config.field("num_hidden_layers", in: 1...256)
      heads = try config.field("num_attention_heads", in: 1...256)
      epsilon = try config.field("layer_norm_eps", default: 1e-12, in: 0...1)
      guard width % (heads * Self.headSizeUnit) == 0 else {
        throw config.error(
          "num_attention_heads", found: "\(heads)",
          expected: "heads whose size, of hidden_size \(width), is a multiple of"
            + " \(Self.headSizeUnit)")
      }
    }
  }

  /// The most bytes that the encoder takes from the arena for a text of this many tokens, its
  /// result among them.
  package func activationByteCount(tokens: Int) -> Int {
    let (width, heads) = (configuration.width, configuration.heads)
    let row = Arena.byteCount(of: [tokens, width])
    let scratch = attentionScratchByteCount(.full(tokens), heads: heads, headSize: width / heads)
    let tiles = Arena.byteCount(of: [scratch / MemoryLayout<Float>.stride])
    let hidden = Arena.byteCount(of: [tokens, configuration.hiddenWidth])
    func packing(_ inputs: Int, _ outputs: Int) -> Int {
      Linear.packingByteCount(rows: tokens, inputs: inputs, outputs: outputs, .f32)
    }
    let inner = configuration.hiddenWidth
    // The result; then queries, keys, values, attended and what is at work on them, or the hidden
    // rows and the sum that they go into; a product packs its panels besides.
    return row
      + max(
        4 * row + max(tiles, row, packing(width, width)),
        hidden + max(row, packing(width, inner), packing(inner, width)))
  }
}
