// What a comparison with another program asks for, one line of JSON a measurement: the shapes are
// written down once, by who compares.
//
//   {"operation": "linear", "rows": 448, "inputs": 256, "outputs": 1024, "precision": "bf16",
//    "threads": 2, "seconds": 0.1}

import Checkpoint
import Diorama
import Layers
import Tensor

/// One thing to be measured.
public struct ComparisonRequest: Sendable, Hashable {
  /// What is computed, with its shape.
  enum Operation: Sendable, Hashable {
    /// `Linear` with bias.
    case linear(rows: Int, inputs: Int, outputs: Int)
    /// The same between two others: rows in the product's format in, those of the next product out.
    case linearRows(rows: Int, inputs: Int, outputs: Int)
    /// One call of OpenBLAS's `sgemm` on threads of its own.
    case openBLAS(rows: Int, inputs: Int, outputs: Int)
    /// Self-attention over everything.
    case attention(tokens: Int, heads: Int, headSize: Int)
    /// Causal 3×3×3, as many channels out as in, the two frames before it known.
    case convolution(frames: Int, height: Int, width: Int, channels: Int)
    /// The blocks of Wan 2.1 1.3B on a grid of tokens.
    case wanBlocks(frames: Int, rows: Int, columns: Int, blocks: Int)
    /// Multiply-adds in registers.
    case peak
    /// A row of the table by its name, which tells its precision.
    case row(String)
  }

  let operation: Operation
  let precision: ComputePrecision
  /// How many threads compute.
  public let threads: Int
  /// How long the measurement takes at least; the body is called as often as that needs.
  public let seconds: Double

  /// - Parameter line: one JSON object.
  /// - Throws: where it is no JSON, where fields are missing or not what they should be, and for
  ///   fields that nobody knows; the error says which.
  public init(line: String) throws {
    let value = try JSONValue(parsing: line)
    guard let object = value.object else { throw ComparisonError.notAnObject(value.found) }
    var fields = ConfigReader(object, file: "request")
    func size(_ name: String) throws(CheckpointError) -> Int {
      try fields.field(name, in: 1...1_000_000)
    }
    let kind: String = try fields.field("operation")
    switch kind {
    case "linear", "linear-rows", "openblas":
      let (rows, inputs, outputs) = (try size("rows"), try size("inputs"), try size("outputs"))
      operation =
        switch kind {
        case "linear": .linear(rows: rows, inputs: inputs, outputs: outputs)
        case "linear-rows": .linearRows(rows: rows, inputs: inputs, outputs: outputs)
        default: .openBLAS(rows: rows, inputs: inputs, outputs: outputs)
        }
    case "attention":
      operation = .attention(
        tokens: try size("tokens"), heads: try size("heads"), headSize: try size("headSize"))
    case "convolution":
      operation = .convolution(
        frames: try size("frames"), height: try size("height"), width: try size("width"),
        channels: try size("channels"))
    case "wan-blocks":
      operation = .wanBlocks(
        frames: try size("frames"), rows: try size("rows"), columns: try size("columns"),
        blocks: try size("blocks"))
    case "peak": operation = .peak
    case "row": operation = .row(try fields.field("name"))
    default:
      throw fields.error(
        "operation", found: kind,
        expected: "linear, linear-rows, openblas, attention, convolution, wan-blocks, peak or row")
    }
    precision = try fields.choice("precision", default: .f32)
    threads = try fields.field("threads", default: 1, in: 1...256)
    seconds = try fields.field("seconds", default: 0.05, in: 0...60)
    if let unknown = fields.unknownFields.first { throw ComparisonError.unknownField(unknown) }
  }

  /// What is prepared once for all requests that differ in `seconds` alone.
  public func isSameWork(as other: ComparisonRequest) -> Bool {
    operation == other.operation && precision == other.precision && threads == other.threads
  }

  /// The body.
  /// - Parameter model: a model directory for the rows of a model, or nil; see `benchmarks(model:)`.
  /// - Throws: where no row has the name, or the operation is not there in the precision.
  public func benchmark(model: String?) throws -> Benchmark {
    switch operation {
    case .linear(let rows, let inputs, let outputs):
      return linear(rows: rows, inputs: inputs, outputs: outputs, precision)
    case .linearRows(let rows, let inputs, let outputs):
      return linearRows(rows: rows, inputs: inputs, outputs: outputs, precision)
    case .openBLAS(let rows, let inputs, let outputs):
      return openBLAS(
        MatrixShape(name: "openblas", rows: rows, inputs: inputs, outputs: outputs))
    case .attention(let tokens, let heads, let headSize):
      return AttentionCase(tokens: tokens, heads: heads, headSize: headSize).benchmark(precision)
    case .convolution(let frames, let height, let width, let channels):
      return convolution([frames, height, width, channels], precision)
    case .wanBlocks(let frames, let rows, let columns, let blocks):
      return wanBenchmark(
        .small(blocks: blocks), grid: [frames, rows, columns], precision: precision)
    case .peak:
      return arithmeticLimit(precision)
    case .row(let name):
      let rows = try benchmarks(model: model).benchmarks
      guard let row = rows.first(where: { $0.name == name }) else {
        throw ComparisonError.unknownRow(name)
      }
      return row
    }
  }
}

/// A request that cannot be met.
enum ComparisonError: Error, Equatable, CustomStringConvertible {
  case notAnObject(String)
  case unknownField(String)
  case unknownRow(String)

  var description: String {
    switch self {
    case .notAnObject(let found): "a request is one JSON object, found \(found)"
    case .unknownField(let name): "no request has a field '\(name)'"
    case .unknownRow(let name): "no row is called '\(name)'"
    }
  }
}
