import Checkpoint
import Files
import TestSupport
import Testing

/// Files that break one rule of the format each.
@Suite struct MalformedSafetensorsTests {
  private func problem(_ bytes: [UInt8]) -> String? {
    bytes.withUnsafeBytes { buffer -> String? in
      do throws(CheckpointError) {
        _ = try SafetensorsHeader(parsing: buffer, path: "x")
        return nil
      } catch {
        if case .damaged(_, let problem) = error { return problem }
        return error.description
      }
    }
  }

  /// One tensor `a` with these fields.
  private func one(_ fields: String, data: Int = 4) -> [UInt8] {
    safetensors("{\"a\":{\(fields)}}", data: [UInt8](repeating: 0, count: data))
  }

  @Test func theSmallestFilesAreValid() {
    #expect(problem(safetensors("{}")) == nil)
    #expect(problem(safetensors("{}   \n")) == nil)
    #expect(problem(safetensors("{\"__metadata__\":{}}")) == nil)
    #expect(problem(one("\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]")) == nil)
    #expect(problem(one("\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]", data: 0)) == nil)
  }

  @Test(arguments: [
    ("\"shape\":[1],\"data_offsets\":[0,4]", "has no \"dtype\""),
    ("\"dtype\":32,\"shape\":[1],\"data_offsets\":[0,4]", "has no \"dtype\""),
    ("\"dtype\":\"F4\",\"shape\":[1],\"data_offsets\":[0,4]", "has the element type \"F4\""),
    ("\"dtype\":\"F32\",\"data_offsets\":[0,4]", "has no \"shape\""),
    ("\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]", "has no \"shape\""),
    ("\"dtype\":\"F32\",\"shape\":[1.0],\"data_offsets\":[0,4]", "has no \"shape\""),
    ("\"dtype\":\"F32\",\"shape\":1,\"data_offsets\":[0,4]", "has no \"shape\""),
    ("\"dtype\":\"F32\",\"shape\":[1]", "has no \"data_offsets\""),
    ("\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4]", "has no \"data_offsets\""),
    ("\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]", "has no \"data_offsets\""),
    ("\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]", "ends before it begins"),
    (
      "\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]",
      "takes 4 bytes, F32 of shape [2] takes 8"
    ),
    ("\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"x\":1", "unknown field \"x\""),
    (
      "\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"shape\":[1]",
      "the key \"shape\" twice"
    ),
  ])
  func fieldsOfATensor(fields: String, expected: String) {
    let found = problem(one(fields))
    #expect(found?.contains(expected) == true, "\(found ?? "valid")")
  }

  @Test(arguments: [
    "[9223372036854775807,2]", "[4611686018427387904]", "[4294967296,4294967296]",
    "[18446744073709551615]", "[1e3]", "[3037000500,3037000500,0]", "[9223372036854775807,0]",
  ])
  func shapesThatOverflow(shape: String) {
    #expect(problem(one("\"dtype\":\"F32\",\"shape\":\(shape),\"data_offsets\":[0,0]")) != nil)
  }

  @Test(
    arguments: [
      ([(0, 4), (4, 8)], 8, nil), ([(4, 8), (0, 4)], 8, nil),
      ([(0, 4), (0, 4)], 4, "overlaps"), ([(0, 4), (2, 6)], 6, "overlaps"),
      ([(0, 4), (5, 9)], 9, "1 bytes before the tensor"),
      ([(2, 6)], 6, "2 bytes before the tensor"),
      ([(0, 4)], 5, "1 bytes follow"), ([], 1, "1 bytes follow"), ([(0, 4)], 3, "cut short"),
    ] as [([(Int, Int)], Int, String?)])
  func tensorsFillTheDataExactly(ranges: [(Int, Int)], data: Int, expected: String?) {
    let tensors = ranges.enumerated().map { index, range in
      "\"\(index)\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[\(range.0),\(range.1)]}"
    }
    let found = problem(
      safetensors(
        "{" + tensors.joined(separator: ",") + "}", data: [UInt8](repeating: 0, count: data)))
    if let expected {
      #expect(found?.contains(expected) == true, "\(found ?? "valid")")
    } else {
      #expect(found == nil)
    }
  }

  @Test(arguments: [
    ("[]", "begin with a brace"), (" {}", "begin with a brace"), ("", "begin with a brace"),
    ("{\"a\":1}", "expected an object"), ("{\"__metadata__\":{\"a\":1}}", "expected a string"),
    ("{\"__metadata__\":[]}", "expected an object"), ("{}x", "line 1, column 3"),
    ("{\"a\":{},\"a\":{}}", "the key \"a\" twice"), ("{\"a\":", "line 1, column 6"),
  ])
  func headersThatAreWrong(header: String, expected: String) {
    let found = problem(safetensors(header))
    #expect(found?.contains(expected) == true, "\(found ?? "valid")")
  }

  @Test func textThatIsNoUTF8() {
    let found = problem(safetensors(Array("{\"".utf8) + [0xff] + Array("\":{}}".utf8)))
    #expect(found?.contains("not UTF-8") == true)
  }

  @Test(arguments: [100_000_001, UInt64.max, 1 << 63, 3])
  func lengthsBeyondTheFileOrTheCap(length: UInt64) {
    let bytes = (0..<8).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) } + Array("{}".utf8)
    #expect(problem(bytes)?.contains("its header would take \(length) bytes") == true)
  }

  @Test(arguments: [
    ("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", "git-lfs pointer"),
    ("<!DOCTYPE html>\n<html><body>Sign in</body></html>", "web page"),
    ("\u{feff}\n  <html><body>404</body></html>", "web page"), ("<p>", "web page"),
    ("PK\u{3}\u{4}zip of a pickle", "PyTorch pickle"), ("GGUF1234567890", "GGUF"),
    ("{\"error\": \"not found\"}", "JSON text"), ("", "empty file"),
  ])
  func whatLiesInPlaceOfWeightsIsNamed(text: String, expected: String) throws {
    let scratch = try ScratchDirectory()
    let path = try scratch.write(text, to: "model.safetensors")
    let error = #expect(throws: CheckpointError.self) { _ = try Safetensors(opening: path) }
    guard case .notWeights(path, let found) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(found.contains(expected))
  }

  @Test func filesThatCannotBeOpened() throws {
    let scratch = try ScratchDirectory()
    #expect(throws: CheckpointError.file(.isDirectory(path: scratch.path))) {
      _ = try Safetensors(opening: scratch.path)
    }
    #expect(throws: CheckpointError.self) { _ = try Safetensors(opening: scratch.path + "/none") }
  }

  @Test func twoSpellingsOfOneNameAreRefused() throws {
    let scratch = try ScratchDirectory()
    let tensor = "{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}"
    let path = try scratch.write(
      safetensors("{\"\u{e9}\":\(tensor),\"e\u{301}\":\(tensor)}"), to: "x.safetensors")
    #expect(throws: CheckpointError.self) { _ = try Safetensors(opening: path) }
  }
}
