import Foundation

/// What was typed wrongly, and what would be right.
struct UsageError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// The options of the command line.
struct Arguments {
  /// A part of the names of what is measured; nil is everything.
  var filter: String?
  /// Thread counts, each measured on its own.
  var threads = Arguments.defaultThreads
  /// Measurements of each row, of which the median counts.
  var runs = 9
  /// A model directory; nil is the bundled one.
  var model: String?
  /// Where the report goes as JSON.
  var json: String?
  /// Whether requests are answered instead.
  var serves = false

  /// What was asked for.
  enum Request {
    case help
    case run(Arguments)
  }

  /// One, and all there are.
  private static var defaultThreads: [Int] {
    let all = ProcessInfo.processInfo.activeProcessorCount
    return all > 1 ? [1, all] : [1]
  }

  static let help = """
    USAGE: flipbook-benchmarks [options]

    Measures kernels, layers, the model's parts and whole runs, and prints a Markdown table.

      --filter NAME   only rows whose name has NAME in it, 'attention' or 'mlp-in'
      --threads N     only this thread count (default: 1, then all cores)
      --runs N        measurements a row, of which the median counts (default: 9)
      --model DIR     a model directory (default: Weights/diorama of the repository)
      --json FILE     the report as JSON too, every measurement in it
      --serve         measure what lines of JSON on stdin ask for; Benchmarks/compare does
      --help          this text

    Build and run it: swift run -c release --package-path Benchmarks flipbook-benchmarks
    """

  /// - Parameter words: what stands after the program's name.
  static func parse(_ words: [String]) throws -> Request {
    var arguments = Arguments()
    var rest = words[...]
    while let word = rest.popFirst() {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      func value() throws -> String {
        if parts.count == 2 { return parts[1] }
        guard let next = rest.popFirst() else { throw UsageError("\(word) needs a value") }
        return next
      }
      switch parts.first ?? "" {
      case "--help", "-h": return .help
      case "--serve": arguments.serves = true
      case "--filter": arguments.filter = try value()
      case "--threads": arguments.threads = [try count(try value(), "--threads", in: 1...256)]
      case "--runs": arguments.runs = try count(try value(), "--runs", in: 1...10_000)
      case "--model": arguments.model = try value()
      case "--json": arguments.json = try writable(try value())
      default: throw UsageError("there is no option '\(word)'; --help lists them")
      }
    }
    return .run(arguments)
  }

  /// Refuses a path that nothing can be written to, before minutes of measuring.
  private static func writable(_ path: String) throws -> String {
    let url = URL(fileURLWithPath: path)
    let folder = url.deletingLastPathComponent().path
    guard !url.hasDirectoryPath, FileManager.default.isWritableFile(atPath: folder) else {
      throw UsageError("--json is '\(path)', expected a file in a folder that can be written to")
    }
    return path
  }

  private static func count(
    _ text: String, _ option: String, in range: ClosedRange<Int>
  ) throws -> Int {
    guard let number = Int(text), range.contains(number) else {
      throw UsageError(
        "\(option) is '\(text)', expected \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// Whether a row of this name is measured.
  func selects(_ name: String) -> Bool {
    guard let filter else { return true }
    return name.localizedCaseInsensitiveContains(filter)
  }
}
