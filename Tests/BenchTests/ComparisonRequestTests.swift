import Tensor
import Testing

@testable import Bench

/// What comparisons send, and what they are told when it is wrong.
@Suite struct ComparisonRequestTests {
  @Test func aRequestSaysWhatIsComputed() throws {
    let request = try ComparisonRequest(
      line: """
        {"operation": "linear", "rows": 448, "inputs": 256, "outputs": 1024, "precision": "bf16", \
        "threads": 2, "seconds": 0.25}
        """)
    #expect(request.operation == .linear(rows: 448, inputs: 256, outputs: 1024))
    #expect(request.precision == .bf16)
    #expect(request.threads == 2)
    #expect(request.seconds == 0.25)
  }

  @Test func whatIsLeftOutHasADefault() throws {
    let request = try ComparisonRequest(line: #"{"operation": "peak"}"#)
    #expect(request.operation == .peak)
    #expect(request.precision == .f32)
    #expect(request.threads == 1)
  }

  @Test func theTimeAloneIsNotOtherWork() throws {
    let line = #"{"operation": "attention", "tokens": 8, "heads": 1, "headSize": 64, "#
    let short = try ComparisonRequest(line: line + #""seconds": 0.1}"#)
    let long = try ComparisonRequest(line: line + #""seconds": 2}"#)
    let parallel = try ComparisonRequest(line: line + #""threads": 2}"#)
    #expect(short.isSameWork(as: long))
    #expect(!short.isSameWork(as: parallel))
  }

  @Test(arguments: [
    ("{", "line 1"),
    ("[]", "one JSON object"),
    ("{}", "operation"),
    (#"{"operation": "sing"}"#, "linear, linear-rows, openblas, attention"),
    (#"{"operation": "linear", "rows": 0, "inputs": 1, "outputs": 1}"#, "rows"),
    (#"{"operation": "linear", "rows": 1, "inputs": 1}"#, "outputs"),
    (#"{"operation": "peak", "precision": "fp4"}"#, "precision"),
    (#"{"operation": "peak", "threads": 0}"#, "threads"),
    (#"{"operation": "peak", "colour": "red"}"#, "colour"),
  ])
  func mistakesAreNamed(line: String, word: String) {
    let error = #expect(throws: (any Error).self) { try ComparisonRequest(line: line) }
    #expect("\(error.map { "\($0)" } ?? "")".contains(word))
  }

  @Test func rowsGoByTheirNames() throws {
    let row = try ComparisonRequest(line: #"{"operation": "row", "name": "pool/dispatch-16"}"#)
    #expect(try row.benchmark(model: nil).name == "pool/dispatch-16")
    let none = try ComparisonRequest(line: #"{"operation": "row", "name": "pool/swim"}"#)
    #expect(throws: ComparisonError.unknownRow("pool/swim")) { try none.benchmark(model: nil) }
  }

  @Test func everyOperationRuns() throws {
    let lines = [
      #"{"operation": "linear", "rows": 5, "inputs": 32, "outputs": 48}"#,
      #"{"operation": "openblas", "rows": 5, "inputs": 32, "outputs": 48}"#,
      #"{"operation": "linear-rows", "rows": 5, "inputs": 32, "outputs": 48, "precision": "bf16"}"#,
      #"{"operation": "attention", "tokens": 40, "heads": 2, "headSize": 64}"#,
      #"{"operation": "attention", "tokens": 40, "heads": 2, "headSize": 64, "precision": "bf16"}"#,
      #"{"operation": "convolution", "frames": 1, "height": 8, "width": 8, "channels": 16}"#,
    ]
    for line in lines {
      let benchmark = try ComparisonRequest(line: line).benchmark(model: nil)
      guard case .operations(let count) = benchmark.work else {
        Issue.record("\(line) does no operations")
        continue
      }
      #expect(count > 0)
      try benchmark.prepare(2)()
    }
  }
}
