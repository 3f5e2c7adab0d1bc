import Checkpoint
import Files
import Glibc
import Tensor
import TestSupport
import Testing

@Suite struct ModelDirectoryTests {
  private func model() throws -> ScratchDirectory {
    let scratch = try ScratchDirectory()
    try scratch.write(
      """
      {"_class_name": "DioramaPipeline", "transformer": ["flipbook", "Transformer"],
       "vae": ["flipbook", "Autoencoder"], "scheduler": ["flipbook", "FlowSchedule"],
       "safety_checker": [null, null], "force_zeros": true}
      """, to: "model_index.json")
    try scratch.write("{\"width\": 8}", to: "transformer/config.json")
    var writer = SafetensorsWriter()
    writer.add("proj.weight", try Tensor([1, 2], shape: [1, 2]))
    try writer.write(to: scratch.path + "/transformer/diffusion_pytorch_model.safetensors")
    try scratch.write("{\"shift\": 3.0}", to: "scheduler/scheduler_config.json")
    try scratch.write("[PAD]\n", to: "tokenizer/vocab.txt")
    try scratch.write("about", to: "README.md")
    return scratch
  }

  @Test func componentsAreFound() throws {
    let scratch = try model()
    let model = try ModelDirectory(opening: scratch.path)
    #expect(model.className == "DioramaPipeline")
    #expect(model.componentNames == ["transformer", "vae", "scheduler"])
    var (config, weights) = try model.component("transformer")
    #expect(try config.field("width") == 8)
    #expect(try Weights(weights)["proj"].tensor("weight", [1, 2]).array() == [1, 2])
    var schedule = try model.config("scheduler")
    #expect(try schedule.field("shift", default: 1.0) == 3)
    #expect(try model.file("tokenizer/vocab.txt") == scratch.path + "/tokenizer/vocab.txt")
  }

  @Test func whatIsMissingIsNamed() throws {
    let scratch = try model()
    let path = scratch.path
    #expect(throws: CheckpointError.notAModel(path: path + "/x", problem: "nothing is there")) {
      _ = try ModelDirectory(opening: path + "/x")
    }
    #expect(
      throws: CheckpointError.notAModel(
        path: path + "/README.md", problem: "it is a file, expected a directory")
    ) { _ = try ModelDirectory(opening: path + "/README.md") }
    #expect(
      throws: CheckpointError.notAModel(
        path: path + "/tokenizer", problem: "it holds no model_index.json")
    ) { _ = try ModelDirectory(opening: path + "/tokenizer") }

    let model = try ModelDirectory(opening: path)
    func message(_ body: () throws -> Void) -> String {
      let error = #expect(throws: CheckpointError.self, performing: body)
      return error?.description ?? ""
    }
    #expect(
      message { _ = try model.component("vae") }
        == "the model \"\(path)\" has no vae: there is no folder \"\(path)/vae\"")
    #expect(message { _ = try model.config("tokenizer") }.contains("no config.json"))
    #expect(message { _ = try model.weights("scheduler") }.contains("no safetensors file"))
    #expect(message { _ = try model.file("tokenizer/x") }.contains("tokenizer/x"))
    try scratch.write("x", to: "scheduler/.safetensors")
    #expect(message { _ = try model.weights("scheduler") }.contains("no safetensors file"))
    try scratch.write("x", to: "scheduler/model.bin")
    #expect(message { _ = try model.weights("scheduler") }.contains("PyTorch pickle"))
  }

  @Test func thePlainNameGoesBeforeVariants() throws {
    let scratch = try model()
    let model = try ModelDirectory(opening: scratch.path)
    let folder = scratch.path + "/transformer"
    let plain = try MappedFile(folder + "/diffusion_pytorch_model.safetensors").array()
    try scratch.write([], to: "transformer/diffusion_pytorch_model.fp16.safetensors")
    #expect(try model.weights("transformer").keys == ["proj.weight"])
    try scratch.write(plain, to: "transformer/other.safetensors")
    #expect(throws: CheckpointError.self) { _ = try model.weights("transformer") }
    // An index goes before every single file.
    try scratch.write(
      "{\"weight_map\": {\"proj.weight\": \"other.safetensors\"}}",
      to: "transformer/diffusion_pytorch_model.safetensors.index.json")
    #expect(try model.weights("transformer").shards[0].path == folder + "/other.safetensors")
  }

  @Test func theHashIsThatOfTheFilesThatMatter() throws {
    let scratch = try model()
    let model = try ModelDirectory(opening: scratch.path)
    let before = try model.hash()
    #expect(before.count == 64)
    try scratch.write("other words", to: "README.md")
    #expect(try model.hash() == before)
    // What `sha256sum` prints, hashed again.
    let names = [
      "model_index.json", "scheduler/scheduler_config.json", "tokenizer/vocab.txt",
      "transformer/config.json", "transformer/diffusion_pytorch_model.safetensors",
    ]
    let lines = try names.map { name in
      let bytes = try MappedFile("\(scratch.path)/\(name)").array()
      return "\(SHA256.hexDigest(of: bytes))  \(name)\n"
    }
    #expect(before == SHA256.hexDigest(of: Array(lines.joined().utf8)))
    try scratch.write("{\"width\": 9}", to: "transformer/config.json")
    #expect(try model.hash() != before)
  }
}
