import Checkpoint
import Testing

@Suite struct JSONParserTests {
  @Test func aDocumentOfEveryKind() throws {
    let json = try JSONValue(
      parsing: " {\"a\": [1, -2.5e1, true, false, null], \"b\": {\"\": \"x\\ny\"}}\n")
    #expect(json == ["a": [1, -25.0, true, false, nil], "b": ["": "x\ny"]])
    #expect(json["a"]?.array?[0].int == 1)
    #expect(json["b"]?[""]?.string == "x\ny")
    #expect(json["c"] == nil)
  }

  @Test(arguments: [
    ("0", JSONValue.integer(0)), ("-1", .integer(-1)),
    ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
    ("9223372036854775808", .unsigned(1 << 63)), ("18446744073709551615", .unsigned(.max)),
    ("18446744073709551616", .number(18_446_744_073_709_551_616)), ("-0", .number(-0.0)),
    ("1.0", .number(1)), ("0.1", .number(0.1)), ("1E+2", .number(100)),
    ("5e-324", .number(.leastNonzeroMagnitude)),
    ("1e-400", .number(0)),
  ])
  func numbersAreExact(text: String, value: JSONValue) throws {
    let parsed = try JSONValue(parsing: text)
    #expect(parsed == value)
    #expect(parsed.double?.sign == value.double?.sign)
  }

  @Test(arguments: [
    (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"), (#""\u00e9\u0041\u0000""#, "éA\0"),
    (#""\ud83c\udf88""#, "🎈"), ("\"é 東 🎈\u{7f}\u{2028}\"", "é 東 🎈\u{7f}\u{2028}"),
  ])
  func escapesAreResolved(text: String, value: String) throws {
    #expect(try JSONValue(parsing: text).string == value)
  }

  @Test(arguments: [
    "", " ", "nul", "nulll", "True", "+1", "01", "-", "-01", "1.", ".5", "1e", "1e+", "0x10", "NaN",
    "Infinity", "1e999", "-1e999", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{", "{\"a\"",
    "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{a:1}", "{'a':1}", "{1:1}", "{\"a\" 1}",
    "\"", "\"abc", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\ud800\"", "\"\\udc00\"",
    "\"\\ud800\\u0041\"", "\"\\ud800x\"", "\"a\nb\"", "\"a\tb\"", "1 2", "{} {}", "// x\n1",
    "[1] // x", "\u{feff}1", "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "\0", "1\0",
  ])
  func whatTheStandardForbidsIsRefused(text: String) {
    #expect(throws: JSONError.self) { _ = try JSONValue(parsing: text) }
  }

  @Test(
    arguments: [
      [0x22, 0xff, 0x22], [0x22, 0xc0, 0x80, 0x22], [0x22, 0xe9, 0x22],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
      [0x22, 0xf5, 0x80, 0x80, 0x80, 0x22], [0x22, 0x5c, 0x6e, 0xff, 0x22], [0xff],
    ] as [[UInt8]])
  func bytesThatAreNoUTF8AreRefused(bytes: [UInt8]) {
    #expect(throws: JSONError.self) { _ = try JSONValue(parsing: bytes) }
  }

  @Test(arguments: [
    ("{\"a\": 1,\n  \"é\": x}", 2, 8, "found 'x', expected a value"),
    ("{\"a\": 1,\n  \"a\": 2}", 2, 3, "found the key \"a\" twice"),
    ("[1,\r\n2", 2, 2, "found the end of the text, expected a comma or a closing bracket"),
    ("\n\n\"abc", 3, 1, "found a string without a closing quote"),
  ])
  func errorsTellLineAndColumn(text: String, line: Int, column: Int, problem: String) {
    let error = #expect(throws: JSONError.self) { _ = try JSONValue(parsing: text) }
    #expect(error?.description == "line \(line), column \(column): \(problem)")
  }

  @Test func nestingIsLimited() throws {
    let limit = JSONValue.depthLimit
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    _ = try JSONValue(parsing: nested(limit))
    #expect(throws: JSONError.self) { _ = try JSONValue(parsing: nested(limit + 1)) }
    // What would exhaust the stack without the limit.
    #expect(throws: JSONError.self) { _ = try JSONValue(parsing: nested(1_000_000)) }
    // Depth, not number: siblings do not add up.
    _ = try JSONValue(parsing: "[" + String(repeating: "[],", count: 1000) + "[]]")
  }

  @Test func keysAreToldApartByTheirBytes() throws {
    let json = try JSONValue(parsing: "{\"\u{e9}\": 1, \"e\u{301}\": 2}")
    #expect(json["\u{e9}"]?.int == 1)
    #expect(json["e\u{301}"]?.int == 2)
  }
}
