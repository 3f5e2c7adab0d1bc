import Checkpoint
import Diorama
import Foundation
import Synchronization
import Tensor
import Text

/// A whole model of random weights that runs in a moment: the same layout and the same code as a
/// trained one, a few thousand parameters.
enum TinyModel {
  /// The most tokens of a prompt, the two marks among them.
  static let tokenLimit = 12

  /// Builds the model in a folder.
  ///
  /// - Parameter index: further fields of `model_index.json`.
  /// - Returns: its path.
  @discardableResult
  static func make(at path: String, index: [String: JSONValue] = [:]) throws -> String {
    var configs: [(String, JSONValue)] = [
      (
        "model_index.json",
        [
          "_class_name": "DioramaPipeline", "native_width": 64, "native_height": 32,
          "native_frames": 5, "transformer": ["flipbook", "DioramaTransformer"],
          "vae": ["flipbook", "DioramaAutoencoder"], "text_encoder": ["transformers", "BertModel"],
          "tokenizer": ["transformers", "BertTokenizer"],
          "scheduler": ["flipbook", "DioramaScheduler"],
        ]
      ),
      (
        "transformer/config.json",
        [
          "latent_channels": 8, "width": 64, "heads": 1, "pairs": 1, "mlp_ratio": 1,
          "text_width": 16, "time_width": 16, "window": [2, 2],
          "max_text_tokens": JSONValue(tokenLimit),
        ]
      ),
      (
        "vae/config.json",
        [
          "latent_channels": 8, "encoder_channels": [8, 8, 8], "encoder_blocks": [0, 0, 0],
          "decoder_channels": [8, 8, 8], "decoder_blocks": [0, 0, 0],
          "coefficients_std": .array(Array(repeating: 1, count: 64)),
        ]
      ),
      (
        "text_encoder/config.json",
        [
          "vocab_size": JSONValue(vocabulary.count), "max_position_embeddings": 64,
          "hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1,
          "num_attention_heads": 1,
        ]
      ),
      ("tokenizer/tokenizer_config.json", ["tokenizer_class": "BertTokenizer"]),
      ("scheduler/scheduler_config.json", ["num_inference_steps": 3]),
    ]
    if var object = configs[0].1.object {
      for (key, value) in index { object[key] = value }
      configs[0].1 = .object(object)
    }
    for (name, value) in configs { try write(Array(value.encoded().utf8), path + "/" + name) }
    try write(Array(vocabulary.joined(separator: "\n").utf8), path + "/tokenizer/vocab.txt")

    let configuration = try ModelConfiguration(ModelDirectory(opening: path))
    let (transformer, vae, text) = (RandomWeights(), RandomWeights(), RandomWeights())
    _ = try Transformer(Weights(transformer), configuration: configuration.transformer)
    _ = try Autoencoder(Weights(vae), configuration: configuration.autoencoder)
    _ = try TextEncoder(Weights(text), configuration: configuration.textEncoder)
    try transformer.write(to: path + "/transformer/diffusion_pytorch_model.safetensors")
    try vae.write(to: path + "/vae/diffusion_pytorch_model.safetensors")
    try text.write(to: path + "/text_encoder/model.safetensors")
    return path
  }

  private static let vocabulary: [String] = {
    let letters = "abcdefghijklmnopqrstuvwxyz".map(String.init)
    return ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + letters + letters.map { "##" + $0 }
      + ["red", "ball", "bounces"]
  }()

  private static func write(_ bytes: [UInt8], _ path: String) throws {
    let url = URL(fileURLWithPath: path)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
  }
}

/// Makes up whatever a layer asks for, and remembers it, so that nobody writes the keys down twice.
final class RandomWeights: WeightSource {
  private let tensors = Mutex<[String: Tensor]>([:])

  func tensor(_ key: String, shape: [Int]) throws -> Tensor {
    try tensors.withLock { tensors in
      if let tensor = tensors[key] { return tensor }
      let tensor = try Tensor(shape)
      Philox(seed: key.utf8.reduce(1) { $0 &* 31 &+ UInt64($1) }).normals(into: tensor)
      for index in 0..<tensor.count { tensor.pointer[index] *= 0.2 }
      tensors[key] = tensor
      return tensor
    }
  }

  func contains(_ key: String) -> Bool { true }

  func write(to path: String) throws {
    var writer = SafetensorsWriter()
    for (key, tensor) in tensors.withLock({ $0 }) { writer.add(key, tensor) }
    try writer.write(to: path)
  }
}
