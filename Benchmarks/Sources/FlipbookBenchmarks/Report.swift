import Bench
import Foundation

/// What a report was measured on and how.
struct Conditions {
  let machine: Machine
  let model: String?
  let threads: [Int]
  let runs: Int
  let notes: [String]
  /// Programs that wanted to run when the measurement began, a mean over a minute: above zero, others
  /// take part of the machine.
  let load: Double?

  init(machine: Machine, model: String?, threads: [Int], runs: Int, notes: [String]) {
    self.machine = machine
    self.model = model
    self.threads = threads
    self.runs = runs
    self.notes = notes
    var loads = [0.0]
    load = getloadavg(&loads, 1) == 1 ? loads[0] : nil
  }
}

/// Everything that was measured.
struct Report {
  let conditions: Conditions
  let limits: [Comparison]
  let results: [Comparison]
}

/// Numbers as a person reads them.
enum Format {
  static func decimals(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }

  /// Three digits that count; fewer below a tenth.
  static func significant(_ value: Double) -> String {
    let digits =
      switch value {
      case 100...: 0
      case 10...: 1
      case 1...: 2
      default: 3
      }
    return decimals(value, digits)
  }

  /// `1.23 ms`
  static func time(_ seconds: Double) -> String {
    for (unit, factor) in [("s", 1.0), ("ms", 1e3)] where seconds * factor >= 1 {
      return "\(significant(seconds * factor)) \(unit)"
    }
    return "\(significant(seconds * 1e6)) µs"
  }

  /// `1.20–1.31 ms`, in the unit of the larger.
  static func range(_ low: Double, _ high: Double) -> String {
    let (factor, unit) = high >= 1 ? (1.0, "s") : high >= 1e-3 ? (1e3, "ms") : (1e6, "µs")
    return "\(significant(low * factor))–\(significant(high * factor)) \(unit)"
  }

  static func rate(_ rate: Double, _ work: Benchmark.Work) -> String {
    switch work {
    case .operations: "\(significant(rate / 1e9)) GFLOP/s"
    case .bytes: "\(significant(rate / 1e9)) GB/s"
    case .items(_, let things): "\(significant(rate)) \(things)/s"
    }
  }

  static func share(_ share: Double?) -> String {
    share.map { share in
      "\(decimals(100 * share, share < 0.01 ? 2 : share < 0.1 ? 1 : 0)) %"
    } ?? ""
  }
}
