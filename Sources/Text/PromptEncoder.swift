package import Checkpoint
package import Tensor

/// Text to what the transformer reads: tokenizer and text encoder of one model directory.
package struct PromptEncoder: Sendable {
  package let tokenizer: Tokenizer
  package let encoder: TextEncoder
  /// Fields of the two configs that nobody asked for, `text_encoder/config.json: name`.
  package let unknownFields: [String]
  /// Keys of the encoder's weights that nobody read.
  package let unreadKeys: [String]

  /// Loads `tokenizer` and `text_encoder` of a model directory.
  ///
  /// - Parameter tokenizer: the model's, where it has been read already.
  /// - Throws: `CheckpointError`, `WeightError`, `TensorError`, and `TextError` for a vocabulary
  ///   that is none, or that the encoder has not as many embeddings for.
  package init(_ model: ModelDirectory, tokenizer: Tokenizer? = nil) throws {
    var tokenizerConfig = try model.config("tokenizer")
    try Self.check(&tokenizerConfig)
    var (config, weights) = try model.component("text_encoder")
    let configuration = try TextEncoder.Configuration(&config)
    let vocabulary = try model.file("tokenizer/vocab.txt")
    let tokenizer = try tokenizer ?? Tokenizer(vocabulary: vocabulary)
    guard tokenizer.vocabularySize == configuration.vocabularySize else {
      throw TextError.vocabulary(
        file: vocabulary, line: nil,
        problem: "it has \(tokenizer.vocabularySize) pieces, and the text encoder's vocab_size is"
          + " \(configuration.vocabularySize)")
    }
    self.tokenizer = tokenizer
    encoder = try TextEncoder(Weights(weights), configuration: configuration)
    unreadKeys = weights.unreadKeys
    unknownFields =
      tokenizerConfig.unknownFields.map { "tokenizer/tokenizer_config.json: \($0)" }
      + config.unknownFields.map { "text_encoder/config.json: \($0)" }
  }

  /// The bytes that the encoder's weights take in memory: what the file has as matrices of bfloat16 stays there.
  ///
  /// - Throws: `CheckpointError`.
  package static func weightByteCount(_ model: ModelDirectory) throws(CheckpointError) -> Int {
    try model.weights("text_encoder").entries.reduce(0) { bytes, entry in
      let staysInFile = entry.elementType == .bf16 && entry.shape.count == 2
      return bytes + (staysInFile ? 0 : entry.count * MemoryLayout<Float>.stride)
    }
  }

  /// The hidden states of a text, [L, D], taken from the arena of `compute`.
  ///
  /// - Parameters:
  ///   - text: A shot's text; the empty text has two tokens.
  ///   - limit: The most tokens that the model reads; the encoder's positions where it is nil.
  ///   - shot: The number of the shot, from 1, for the message.
  /// - Throws: `TextError.tooManyTokens`.
  package func callAsFunction(
    _ text: String, limit: Int? = nil, shot: Int? = nil, _ compute: Compute
  ) throws(TextError) -> Tensor {
    let positions = encoder.configuration.positions
    let ids = try tokenizer.ids(of: text, limit: min(limit ?? positions, positions), shot: shot)
    return try encoder(ids, compute)
  }

  /// Refuses a tokenizer that is not BERT's uncased one.
  private static func check(_ config: inout ConfigReader) throws(CheckpointError) {
    let names = ["BertTokenizer", "BertTokenizerFast"]
    let name = try config.field("tokenizer_class", default: names[0])
    guard names.contains(name) else {
      throw config.error("tokenizer_class", found: "\"\(name)\"", expected: "\"\(names[0])\"")
    }
    for field in ["do_lower_case", "strip_accents", "tokenize_chinese_chars"] {
      guard try config.field(field, default: true) else {
        throw config.error(field, found: "false", expected: "true")
      }
    }
    for (field, expected) in [
      ("cls_token", "[CLS]"), ("sep_token", "[SEP]"), ("unk_token", "[UNK]"),
    ] {
      let found = try config.field(field, default: expected)
      guard found == expected else {
        throw config.error(field, found: "\"\(found)\"", expected: "\"\(expected)\"")
      }
    }
    // The limit is the encoder's; padding and masking happen nowhere.
    config.ignore("model_max_length", "pad_token", "mask_token", "never_split", "do_basic_tokenize")
  }
}
