import Checkpoint
import Tensor
import Testing

/// Files that the reference library wrote, read back.
@Suite struct SafetensorsTests {
  private func types() throws -> Safetensors {
    try Safetensors(opening: fixture("types.safetensors"))
  }

  @Test(arguments: ["f64", "f32", "f16", "bf16"])
  func floatingPointTypesAreWidened(type: String) throws {
    let tensor = try types().tensor("layer.\(type)", shape: [2, 3])
    #expect(tensor.shape == [2, 3])
    #expect(tensor.array() == [-2, -1.5, -1, -0.5, 0, 0.5])
  }

  @Test(arguments: ["i64", "i32", "i16", "i8"])
  func wholeNumbersAreExact(type: String) throws {
    let (shape, values) = try types().integers("counts.\(type)")
    #expect(shape == [5])
    #expect(values == [-2, -1, 0, 1, 2])
  }

  @Test func bytesAndTruthValuesAreWholeNumbers() throws {
    let file = try types()
    #expect(try file.integers("counts.u8").values == [0, 1, 127, 128, 255])
    #expect(try file.integers("counts.bool").values == [1, 0, 1])
  }

  @Test func scalarsAndEmptyTensorsHaveTheirShapes() throws {
    let file = try types()
    #expect(try file.tensor("scalar", shape: []).array() == [0.25])
    #expect(try file.tensor("empty", shape: [0, 4]).array() == [])
  }

  @Test func metadataIsRead() throws {
    #expect(try types().metadata == ["format": "pt", "note": "naïve ✓"])
  }

  @Test func rawBytesAreThoseOfTheFile() throws {
    let raw = try types().rawTensor("layer.bf16", shape: [2, 3])
    #expect(raw.elementType == .bf16)
    #expect(raw.bytes.count == 12)
    #expect(raw.bytes.loadUnaligned(as: UInt16.self) == 0xc000)
  }

  @Test func theTensorIsTheCallersOwn() throws {
    let file = try types()
    let first = try file.tensor("layer.f32", shape: [2, 3])
    first.fill(7)
    #expect(try file.tensor("layer.f32", shape: [2, 3]).array()[0] == -2)
  }

  @Test func errorsNameTheWholeKeyFoundAndExpected() throws {
    let file = try types()
    let weights = Weights(file)["layer"]
    #expect(throws: WeightError.shape(key: "layer.f32", found: [2, 3], expected: [3, 2])) {
      _ = try weights.tensor("f32", [3, 2])
    }
    #expect(throws: WeightError.missing(key: "layer.f8", expected: [4])) {
      _ = try weights.tensor("f8", [4])
    }
    #expect(throws: WeightError.dataType(key: "counts.i64", found: "I64")) {
      _ = try file.tensor("counts.i64", shape: [5])
    }
    #expect(throws: WeightError.dataType(key: "layer.f32", found: "F32")) {
      _ = try file.integers("layer.f32")
    }
  }

  @Test func keysThatNobodyReadAreKnown() throws {
    let file = try types()
    #expect(file.unreadKeys.count == 12)
    for key in file.keys where key != "scalar" { _ = try file.rawTensor(key) }
    #expect(file.unreadKeys == ["scalar"])
    // A refused read is no read; a copy shares the record.
    let copy = file
    #expect(throws: WeightError.self) { _ = try copy.tensor("scalar", shape: [1]) }
    #expect(file.unreadKeys == ["scalar"])
    _ = try copy.tensor("scalar", shape: [])
    #expect(file.unreadKeys == [])
  }
}
