import Bench
import Foundation

/// Measures one thing after another as it is told, so that a program can measure something else in
/// between: one line of JSON in (`ComparisonRequest`), one line of JSON out.
///
///     {"operation": "linear", "rows": 448, "inputs": 256, "outputs": 256, "threads": 2}
///     {"seconds":0.000183,"operations":58720256,"calls":274,"shape":"448×256 · 256×256"}
///
/// A request that cannot be met gets `{"error": …}`, and the next is waited for. What the last two
/// prepared is kept for those that differ from them in nothing but their time. Ends with its input.
struct Server {
  /// How long a body is run before it is measured for the first time.
  private static let warmUpSeconds = 0.1

  private let model: String?
  /// The latest at the end.
  private var prepared: [Work] = []

  /// How many are kept: two can be measured in turn, and no more are in memory.
  private static let keptCount = 2

  private struct Work {
    let request: ComparisonRequest
    let benchmark: Benchmark
    let body: () throws -> Void
    /// By the last measurement.
    var secondsPerCall: Double
  }

  private struct Answer: Encodable {
    /// A call, mean of the measurement.
    let seconds: Double
    /// A call's floating-point operations; nil for work of another kind.
    let operations: Double?
    let calls: Int
    let shape: String
  }

  private struct Facts: Encodable {
    let processor: String
    let blasCore: String
    let instructionSets: [String]

    init(_ machine: Machine) {
      processor = machine.processor
      blasCore = machine.blasCore
      instructionSets = machine.instructionSets
    }
  }

  /// - Parameter model: a model directory, as in `benchmarks(model:)`.
  static func run(model: String?) {
    var server = Server(model: model)
    server.say(Facts(Machine()))
    while let line = readLine() {
      guard !line.allSatisfy(\.isWhitespace) else { continue }
      do {
        server.say(try server.answer(line))
      } catch {
        server.say(["error": "\(error)"])
      }
    }
  }

  private init(model: String?) { self.model = model }

  private mutating func answer(_ line: String) throws -> Answer {
    let request = try ComparisonRequest(line: line)
    var work = try take(request)
    let calls = max(1, Int((request.seconds / work.secondsPerCall).rounded(.up)))
    work.secondsPerCall = try Measurement.seconds(calls: calls, work.body) / Double(calls)
    prepared.append(work)
    var operations: Double?
    if case .operations(let count) = work.benchmark.work { operations = count }
    return Answer(
      seconds: work.secondsPerCall, operations: operations, calls: calls,
      shape: work.benchmark.shape)
  }

  /// What a request needs: taken from what is there, or made and warmed up.
  private mutating func take(_ request: ComparisonRequest) throws -> Work {
    if let index = prepared.firstIndex(where: { $0.request.isSameWork(as: request) }) {
      return prepared.remove(at: index)
    }
    if prepared.count == Self.keptCount { prepared.removeFirst() }
    let benchmark = try request.benchmark(model: model)
    let body = try benchmark.prepare(request.threads)
    // The first call touches memory for the first time and tells nothing of the others.
    var seconds = try Measurement.seconds(calls: 1, body)
    var calls = 1.0
    if seconds < Self.warmUpSeconds { (seconds, calls) = (0, 0) }
    while seconds < Self.warmUpSeconds {
      seconds += try Measurement.seconds(calls: 1, body)
      calls += 1
    }
    return Work(
      request: request, benchmark: benchmark, body: body, secondsPerCall: seconds / calls)
  }

  private func say(_ value: some Encodable) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    guard var line = try? encoder.encode(value) else { return }
    line.append(UInt8(ascii: "\n"))
    FileHandle.standardOutput.write(line)
  }
}
