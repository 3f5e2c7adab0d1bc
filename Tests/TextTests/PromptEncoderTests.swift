import Checkpoint
import Foundation
import Tensor
import Testing

@testable import Text

/// Loading from a model directory: the bundled files, with one of them changed.
@Suite struct PromptEncoderTests {
  /// A model directory that links to the bundled files, but for `changed` (path: content).
  @discardableResult
  func withModel<R>(
    _ changed: [String: String] = [:], _ body: (ModelDirectory) throws -> R
  ) throws -> R {
    let manager = FileManager.default
    let path = NSTemporaryDirectory() + "flipbook-text-\(UUID().uuidString)"
    defer { try? manager.removeItem(atPath: path) }
    let files = [
      "text_encoder/config.json", "text_encoder/model.safetensors", "tokenizer/vocab.txt",
      "tokenizer/tokenizer_config.json",
    ]
    for folder in ["text_encoder", "tokenizer"] {
      try manager.createDirectory(atPath: path + "/" + folder, withIntermediateDirectories: true)
    }
    for file in files where changed[file] == nil {
      try manager.createSymbolicLink(
        atPath: path + "/" + file, withDestinationPath: Fixtures.model + file)
    }
    for (file, content) in changed.merging(["model_index.json": "{}"], uniquingKeysWith: { $1 }) {
      try content.write(toFile: path + "/" + file, atomically: false, encoding: .utf8)
    }
    return try body(ModelDirectory(opening: path))
  }

  func content(_ file: String) throws -> String {
    try String(contentsOfFile: Fixtures.model + file, encoding: .utf8)
  }

  @Test func bundledModel() throws {
    let encoder = try withModel { try PromptEncoder($0) }
    #expect(encoder.unknownFields == [])
    #expect(encoder.unreadKeys == [])
    let compute = try Compute(
      threads: 1, arenaByteCount: 2 * encoder.encoder.activationByteCount(tokens: 64))
    #expect(try encoder("", compute).shape == [2, 384])
    #expect(try encoder("a red ball bounces in a meadow", limit: 64, compute).shape == [10, 384])
    #expect(throws: TextError.tooManyTokens(shot: 3, found: 10, limit: 8)) {
      try encoder("a red ball bounces in a meadow", limit: 8, shot: 3, compute)
    }
    let words = String(repeating: "ball ", count: 600)
    #expect(throws: TextError.tooManyTokens(shot: nil, found: 602, limit: 512)) {
      try encoder(words, limit: 1000, compute)
    }
  }

  @Test(arguments: [
    ("text_encoder/config.json", "\"gelu\"", "\"relu\"", "hidden_act"),
    ("text_encoder/config.json", "\"bert\"", "\"t5\"", "model_type"),
    ("text_encoder/config.json", ": 12,", ": 7,", "num_attention_heads"),
    ("text_encoder/config.json", ": 12,", ": 0,", "num_attention_heads"),
    ("text_encoder/config.json", ": 384,", ": \"wide\",", "hidden_size"),
    ("tokenizer/tokenizer_config.json", "\"BertTokenizer\"", "\"T5Tokenizer\"", "tokenizer_class"),
    ("tokenizer/tokenizer_config.json", "case\": true", "case\": false", "do_lower_case"),
    ("tokenizer/tokenizer_config.json", "\"[SEP]\"", "\"</s>\"", "sep_token"),
  ])
  func configsOfOtherModels(
    _ file: String, _ text: String, _ replacement: String, _ field: String
  ) throws {
    let original = try content(file)
    let changed = original.replacingOccurrences(of: text, with: replacement)
    #expect(changed != original)
    try withModel([file: changed]) { model in
      #expect {
        try PromptEncoder(model)
      } throws: { error in
        guard case CheckpointError.config(_, field, _, _) = error else { return false }
        return true
      }
    }
  }

  @Test func vocabularyOfAnotherModel() throws {
    let changed = try content("tokenizer/vocab.txt") + "flipbook\n"
    try withModel(["tokenizer/vocab.txt": changed]) { model in
      #expect {
        try PromptEncoder(model)
      } throws: { error in
        guard case TextError.vocabulary(_, nil, let problem) = error else { return false }
        return problem.contains("30523") && problem.contains("30522")
      }
    }
  }

  @Test func weightsOfAnotherSize() throws {
    let changed = try content("text_encoder/config.json")
      .replacingOccurrences(of: ": 1536,", with: ": 1024,")
    try withModel(["text_encoder/config.json": changed]) { model in
      let key = "encoder.layer.0.intermediate.dense.weight"
      #expect(throws: WeightError.shape(key: key, found: [1536, 384], expected: [1024, 384])) {
        try PromptEncoder(model)
      }
    }
  }

  @Test func unknownFieldsAreReported() throws {
    let changed = try content("text_encoder/config.json")
      .replacingOccurrences(of: "\"hidden_act\"", with: "\"novelty\": 1, \"hidden_act\"")
    try withModel(["text_encoder/config.json": changed]) { model in
      var config = try model.config("text_encoder")
      _ = try TextEncoder.Configuration(&config)
      #expect(config.unknownFields == ["novelty"])
    }
  }
}
