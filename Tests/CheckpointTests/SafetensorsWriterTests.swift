import Checkpoint
import Files
import Tensor
import TestSupport
import Testing

@Suite struct SafetensorsWriterTests {
  private func writer() throws -> SafetensorsWriter {
    var writer = SafetensorsWriter(metadata: ["prompt": "a \"red\" ball\n🎈", "seed": "7"])
    writer.add("b.rounded", try Tensor([1, 1.00390625, -3], shape: [3]), as: .bf16)
    writer.add("a.latents", try Tensor([1, -2.5, .infinity, 0x1p-140], shape: [2, 2]))
    writer.add("frames", [.min, 0, .max], shape: [3])
    writer.add("none", try Tensor([0, 5]))
    return writer
  }

  @Test func whatIsWrittenReadsBack() throws {
    let scratch = try ScratchDirectory()
    let path = scratch.path + "/latents.safetensors"
    try writer().write(to: path)
    let file = try Safetensors(opening: path)
    #expect(file.keys == ["frames", "a.latents", "none", "b.rounded"])
    #expect(file.metadata == ["prompt": "a \"red\" ball\n🎈", "seed": "7"])
    #expect(try file.tensor("a.latents", shape: [2, 2]).array() == [1, -2.5, .infinity, 0x1p-140])
    #expect(try file.tensor("b.rounded", shape: [3]).array() == [1, 1, -3])
    #expect(try file.integers("frames").values == [.min, 0, .max])
    #expect(file.entry("none")?.shape == [0, 5])
    #expect(try FileFacts.of(path)?.byteCount == writer().byteCount)
    #expect(file.header.dataOffset % 8 == 0)
  }

  @Test func equalInputGivesEqualBytes() throws {
    let scratch = try ScratchDirectory()
    for name in ["1", "2"] { try writer().write(to: scratch.path + "/" + name) }
    #expect(
      try MappedFile(scratch.path + "/1").array() == MappedFile(scratch.path + "/2").array())
  }

  @Test func largeTensorsAreRoundedInPieces() throws {
    let scratch = try ScratchDirectory()
    let values = (0..<70_000).map { Float($0 % 251) }
    var writer = SafetensorsWriter()
    writer.add("x", try Tensor(values, shape: [7, 10_000]), as: .bf16)
    try writer.write(to: scratch.path + "/x")
    let tensor = try Safetensors(opening: scratch.path + "/x").tensor("x", shape: [7, 10_000])
    #expect(tensor.array() == values)
  }

  @Test func aMissingDirectoryIsATypedError() throws {
    let scratch = try ScratchDirectory()
    #expect(throws: FileError.self) { try writer().write(to: scratch.path + "/no/x") }
  }
}
