import Checkpoint
import Files
import Glibc
import Tensor
import TestSupport
import Testing

@Suite struct WeightFilesTests {
  private static let index = "sharded/model.safetensors.index.json"
  private static let shards = [
    "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors",
  ]

  /// The shards of the fixture in a directory of their own, with another index.
  private func copy(index: String) throws -> (scratch: ScratchDirectory, index: String) {
    let scratch = try ScratchDirectory()
    for shard in Self.shards {
      try scratch.write(MappedFile(fixture("sharded/\(shard)")).array(), to: shard)
    }
    return (scratch, try scratch.write(index, to: "model.safetensors.index.json"))
  }

  private func map(_ pairs: [String: Int]) -> String {
    var map = JSONObject()
    for (key, shard) in pairs { map[key] = .string(Self.shards[shard]) }
    let index: JSONValue = ["weight_map": .object(map)]
    return index.encoded()
  }

  @Test func tensorsComeFromTheirShards() throws {
    let files = try WeightFiles(opening: fixture(Self.index))
    let weights = Weights(files)["a"]
    #expect(try weights.tensor("weight", [2, 2]).array() == [-2, -1.5, -1, -0.5])
    #expect(try weights.tensor("bias", [2]).array() == [-2, -1.5])
    #expect(files.unreadKeys == ["b.weight"])
    #expect(files.parameterCount == 9)
    #expect(files.byteCount == 32)
    #expect(files.metadata == ["format": "pt"])
    #expect(files.contains("b.weight") && !files.contains("b"))
    #expect(throws: WeightError.missing(key: "a.scale", expected: [1])) {
      _ = try weights.tensor("scale", [1])
    }
    #expect(throws: WeightError.shape(key: "a.bias", found: [2], expected: [4])) {
      _ = try weights.tensor("bias", [4])
    }
  }

  @Test func aSingleFileNeedsNoIndex() throws {
    let files = try WeightFiles(opening: fixture("types.safetensors"))
    #expect(files.shards.count == 1)
    #expect(try files.tensor("scalar", shape: []).array() == [0.25])
  }

  @Test func aMissingShardIsNamed() throws {
    let (scratch, index) = try copy(index: map(["a.weight": 0, "a.bias": 1, "b.weight": 1]))
    _ = try WeightFiles(opening: index)
    unlink("\(scratch.path)/\(Self.shards[1])")
    #expect(throws: CheckpointError.shardMissing(index: index, shard: Self.shards[1])) {
      _ = try WeightFiles(opening: index)
    }
  }

  @Test func aDamagedShardIsNamed() throws {
    let (scratch, index) = try copy(index: map(["a.weight": 0, "a.bias": 1, "b.weight": 1]))
    truncate("\(scratch.path)/\(Self.shards[0])", 100)
    let error = #expect(throws: CheckpointError.self) { _ = try WeightFiles(opening: index) }
    #expect(error?.description.contains(Self.shards[0]) == true)
  }

  @Test func indicesThatDoNotFitAreRefused() throws {
    for text in [
      map(["a.weight": 1, "a.bias": 1, "b.weight": 1]), map(["a.weight": 0, "a.bias": 1]),
      map(["a.weight": 0, "a.bias": 1, "b.weight": 1, "c": 1]), map([:]), "{}", "[]", "",
      "{\"weight_map\": {\"a\": 1}}", "{\"weight_map\": {\"a\": \"../x.safetensors\"}}",
      "{\"weight_map\": {\"a\": \"/etc/passwd\"}}", "{\"weight_map\": {\"a\": \"x\\u0000y\"}}",
    ] {
      let (scratch, index) = try copy(index: text)
      #expect(throws: CheckpointError.self, "\(text)") { _ = try WeightFiles(opening: index) }
      withExtendedLifetime(scratch) {}
    }
  }
}
