import Checkpoint
import TestSupport
import Testing

@Suite struct ConfigReaderTests {
  private enum Window: String, CaseIterable { case whole, tiled }

  private func reader(_ text: String) throws -> ConfigReader {
    ConfigReader(try #require(try JSONValue(parsing: text).object), file: "model/config.json")
  }

  @Test func fieldsAndDefaults() throws {
    var config = try reader(
      """
      {"width": 256, "theta": 10000, "ratio": 0.5, "bias": true, "name": "x", "window": "tiled",
       "channels": [1, 2], "nothing": null, "_class_name": "Model"}
      """)
    #expect(try config.field("width") == 256)
    #expect(try config.field("theta", default: 1.0) == 10_000.0)
    #expect(try config.field("ratio", default: Float(1)) == 0.5)
    #expect(try config.field("bias", default: false))
    #expect(try config.field("name", as: String.self) == "x")
    #expect(try config.choice("window", default: Window.whole) == .tiled)
    #expect(try config.field("channels", as: [Int].self) == [1, 2])
    #expect(try config.field("nothing", default: 3) == 3)
    #expect(try config.field("missing", default: 4) == 4)
    #expect(try config.optionalField("missing", as: Int.self) == nil)
    #expect(try config.choice("missing", default: Window.whole) == .whole)
    #expect(config.unknownFields == [])
  }

  @Test func errorsNameFileFieldFoundAndExpected() throws {
    var config = try reader(
      """
      {"width": "wide", "depth": 2.5, "heads": 4, "bias": 1, "list": [1, "a"], "window": "round",
       "big": 1e300, "nested": {"inner": true}}
      """)
    func expectError(
      _ message: String, _ body: (inout ConfigReader) throws -> Void
    ) {
      let error = #expect(throws: CheckpointError.self) { try body(&config) }
      #expect(error?.description == "\"model/config.json\": " + message)
    }
    expectError("the field \"width\" is the string \"wide\", expected a whole number") {
      _ = try $0.field("width", default: 1)
    }
    expectError("the field \"depth\" is the number 2.5, expected a whole number") {
      _ = try $0.field("depth", as: Int.self)
    }
    expectError("the field \"heads\" is the number 4, expected a whole number from 1 to 3") {
      _ = try $0.field("heads", in: 1...3)
    }
    expectError("the field \"bias\" is the number 1, expected true or false") {
      _ = try $0.field("bias", as: Bool.self)
    }
    expectError("the field \"list\" is a list of 2, expected a list, each element a whole number") {
      _ = try $0.field("list", as: [Int].self)
    }
    expectError(
      "the field \"window\" is the string \"round\", expected one of \"whole\", \"tiled\""
    ) { _ = try $0.choice("window", default: Window.whole) }
    expectError(
      "the field \"big\" is the number 1e+300, "
        + "expected a number that 32-bit floating point can hold"
    ) { _ = try $0.field("big", as: Float.self) }
    expectError("the field \"layers\" is missing, expected a whole number") {
      _ = try $0.field("layers", as: Int.self)
    }
    expectError("the field \"nested.inner\" is true, expected a number") {
      _ = try $0.nested("nested") { (inner) throws(CheckpointError) in
        try inner.field("inner", as: Double.self)
      }
    }
  }

  @Test func unknownFieldsAreReported() throws {
    var config = try reader(
      """
      {"zoom": 1, "width": 2, "_diffusers_version": "0.30", "rope": {"theta": 1, "scale": 2},
       "act": "gelu", "dropout": 0}
      """)
    _ = try config.field("width", as: Int.self)
    _ = try config.nested("rope") { (inner) throws(CheckpointError) in
      try inner.field("theta", as: Double.self)
    }
    config.ignore("dropout")
    #expect(config.unknownFields == ["zoom", "act", "rope.scale"])
  }

  @Test func filesThatAreNoObjectAreRefused() throws {
    let scratch = try ScratchDirectory()
    let list = try scratch.write("[1]", to: "list.json")
    #expect(
      throws: CheckpointError.config(
        file: list, field: "", found: "a list of 1", expected: "an object of fields")
    ) { _ = try ConfigReader(opening: list) }
    #expect(
      CheckpointError.config(file: "x", field: "", found: "1", expected: "2").description
        == "\"x\" holds 1, expected 2")
    let broken = try scratch.write("{\"a\":\n 1,}", to: "broken.json")
    let error = #expect(throws: CheckpointError.self) { _ = try ConfigReader(opening: broken) }
    #expect(
      error?.description == "\"\(broken)\", line 2, column 4: found '}', expected a key in quotes")
  }
}
