import Checkpoint
import Testing

@Suite struct JSONEncodingTests {
  private let value: JSONValue = [
    "b": [1, 2.5, true, nil, []], "a": ["text": "é \"\\\n\u{1}🎈", "none": [:]],
  ]

  @Test func oneLineInTheOrderOfTheKeys() {
    #expect(
      value.encoded()
        == #"{"b":[1,2.5,true,null,[]],"a":{"text":"é \"\\\n\u0001🎈","none":{}}}"#)
  }

  @Test func sortedKeys() {
    #expect(
      value.encoded(sortedKeys: true)
        == #"{"a":{"none":{},"text":"é \"\\\n\u0001🎈"},"b":[1,2.5,true,null,[]]}"#)
  }

  @Test func indented() {
    let value: JSONValue = ["a": [1, []], "b": [:]]
    #expect(
      value.encoded(indented: true) == """
        {
          "a": [
            1,
            []
          ],
          "b": {}
        }
        """)
  }

  @Test func everythingReadsBackAsItWas() throws {
    let numbers: JSONValue = [
      .integer(.min), .integer(.max), .unsigned(.max), 0.1, 1e300, -1e-300,
      .number(.leastNonzeroMagnitude), 1.0, -0.0, 1e20,
      .string(String((0..<0x80).map { Character(Unicode.Scalar($0)) })),
    ]
    for value in [value, numbers] {
      #expect(try JSONValue(parsing: value.encoded()) == value)
      #expect(try JSONValue(parsing: value.encoded(indented: true, sortedKeys: true)) == value)
    }
  }

  @Test func whatIsNoNumberBecomesNull() {
    let values: JSONValue = [.number(.nan), .number(.infinity), .number(-.infinity)]
    #expect(values.encoded() == "[null,null,null]")
  }

  @Test func keysCanBeSetReplacedAndRemoved() {
    var object = JSONObject()
    for key in ["a", "b", "c"] { object[key] = .string(key) }
    object["b"] = 2
    object["a"] = nil
    object["d"] = 4
    object["c"] = 3
    #expect(object.keys == ["b", "c", "d"])
    #expect(object["c"] == 3)
    #expect(JSONValue.object(object) == ["d": 4, "c": 3, "b": 2])
    #expect(JSONValue.object(object) != ["d": 4, "c": 3])
  }
}
