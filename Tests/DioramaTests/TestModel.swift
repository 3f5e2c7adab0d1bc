import Checkpoint
import Diorama
import Files
import Foundation
import Tensor

/// A whole model directory in a scratch folder: the fixtures' transformer and autoencoder, and a text
/// encoder of one layer with random weights and a vocabulary of a few words.
final class TestModel {
  let path: String

  static let words = ["a", "red", "blue", "ball", "cube", "rolls", "falls", "the", "left", "."]

  /// - Parameters:
  ///   - transformer: fields of its config to change.
  ///   - index: further fields of `model_index.json`.
  ///   - spoiled: a weight, by component and key, that becomes NaN in one place.
  ///   - precision: of the transformer's file.
  init(
    transformer fields: [String: JSONValue] = [:], index: [String: JSONValue] = [:],
    spoiling spoiled: String? = nil, as precision: SafetensorsWriter.Precision = .f32
  ) throws {
    let manager = FileManager.default
    path = NSTemporaryDirectory() + "flipbook-diorama-\(UUID().uuidString)"
    for folder in ["transformer", "vae", "text_encoder", "tokenizer", "scheduler"] {
      try manager.createDirectory(
        atPath: "\(path)/\(folder)", withIntermediateDirectories: true)
    }
    var object = JSONObject()
    object["_class_name"] = "DioramaPipeline"
    for (key, value) in index { object[key] = value }
    try write(JSONValue.object(object).encoded(), to: "model_index.json")
    try write("{\"num_inference_steps\": 3}", to: "scheduler/scheduler_config.json")
    try write("{}", to: "tokenizer/tokenizer_config.json")
    let vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"] + Self.words
    try write(vocabulary.joined(separator: "\n") + "\n", to: "tokenizer/vocab.txt")
    try write(
      """
      {"vocab_size": \(vocabulary.count), "hidden_size": 16, "num_hidden_layers": 1,
       "num_attention_heads": 1, "intermediate_size": 32, "max_position_embeddings": 32}
      """, to: "text_encoder/config.json")
    try Self.textWeights(vocabulary: vocabulary.count)
      .write(to: "\(path)/text_encoder/model.safetensors")
    for name in ["transformer", "vae"] {
      let config = try Fixture.config(name, changing: name == "transformer" ? fields : [:])
      try write(JSONValue.object(config.object).encoded(), to: "\(name)/config.json")
      var writer = SafetensorsWriter()
      let file = try Fixture.weights(name)
      for key in file.keys {
        let tensor = try file.tensor(key)
        if "\(name).\(key)" == spoiled { tensor.pointer[1] = .nan }
        writer.add(key, tensor, as: name == "transformer" ? precision : .f32)
      }
      try writer.write(to: "\(path)/\(name)/diffusion_pytorch_model.safetensors")
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func open() throws -> ModelDirectory { try ModelDirectory(opening: path) }

  private func write(_ text: String, to name: String) throws {
    try text.write(toFile: "\(path)/\(name)", atomically: false, encoding: .utf8)
  }

  private static func textWeights(vocabulary: Int) throws -> SafetensorsWriter {
    var writer = SafetensorsWriter()
    var seed: UInt64 = 100
    func add(_ name: String, _ shape: [Int]) throws {
      seed += 1
      let tensor = try normals(shape, seed: seed)
      for index in 0..<tensor.count { tensor.pointer[index] *= 0.3 }
      writer.add(name, tensor)
    }
    func addMap(_ name: String, _ inputs: Int, _ outputs: Int) throws {
      try add("\(name).weight", [outputs, inputs])
      try add("\(name).bias", [outputs])
    }
    func addNorm(_ name: String) throws {
      let ones = try Tensor([16])
      ones.fill(1)
      writer.add("\(name).weight", ones)
      writer.add("\(name).bias", try Tensor([16]))
    }
    try add("embeddings.word_embeddings.weight", [vocabulary, 16])
    try add("embeddings.position_embeddings.weight", [32, 16])
    try add("embeddings.token_type_embeddings.weight", [2, 16])
    try addNorm("embeddings.LayerNorm")
    let layer = "encoder.layer.0"
    for part in ["query", "key", "value"] { try addMap("\(layer).attention.self.\(part)", 16, 16) }
    try addMap("\(layer).attention.output.dense", 16, 16)
    try addNorm("\(layer).attention.output.LayerNorm")
    try addMap("\(layer).intermediate.dense", 16, 32)
    try addMap("\(layer).output.dense", 32, 16)
    try addNorm("\(layer).output.LayerNorm")
    return writer
  }
}
