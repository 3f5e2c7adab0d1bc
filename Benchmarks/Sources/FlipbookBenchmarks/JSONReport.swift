import Bench
import Foundation

extension Report {
  /// Writes everything, every single measurement among it. The file appears when it is whole.
  func writeJSON(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let document = Document(
      machine: MachineFacts(conditions), limits: limits.map(Row.init), rows: results.map(Row.init))
    try encoder.encode(document).write(to: URL(fileURLWithPath: path), options: .atomic)
  }
}

private struct Document: Encodable {
  let machine: MachineFacts
  let limits: [Row]
  let rows: [Row]
}

private struct MachineFacts: Encodable {
  let processor: String
  let blasCore: String
  let blasConfiguration: String
  let instructionSets: [String]
  let threads: [Int]
  let runs: Int
  let model: String?
  let load: Double?
  let notes: [String]

  init(_ conditions: Conditions) {
    processor = conditions.machine.processor
    blasCore = conditions.machine.blasCore
    blasConfiguration = conditions.machine.blasConfiguration
    instructionSets = conditions.machine.instructionSets
    threads = conditions.threads
    runs = conditions.runs
    model = conditions.model
    load = conditions.load
    notes = conditions.notes
  }
}

private struct Row: Encodable {
  let name: String
  let shape: String
  let threads: Int
  /// Seconds a call.
  let median: Double
  let minimum: Double
  let maximum: Double
  /// Every measurement, seconds a call, and how many calls it took.
  let samples: [Double]
  let callsPerSample: Int
  /// `unit` a second.
  let rate: Double
  let unit: String
  let limitRate: Double?
  let limitShare: Double?
  let reference: String?
  let referenceShare: Double?

  init(_ result: Comparison) {
    let measurement = result.measurement
    name = measurement.name
    shape = measurement.shape
    threads = measurement.threads
    median = measurement.statistics.median
    minimum = measurement.statistics.minimum
    maximum = measurement.statistics.maximum
    samples = measurement.statistics.samples
    callsPerSample = measurement.calls
    rate = measurement.rate
    unit =
      switch measurement.work {
      case .operations: "FLOP"
      case .bytes: "bytes"
      case .items(_, let things): things
      }
    limitRate = result.limitRate
    limitShare = result.limitShare
    reference = result.reference
    referenceShare = result.referenceShare
  }
}
