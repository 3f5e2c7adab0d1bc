import Bench
import Foundation

/// What the program does, from its arguments to its exit code.
enum Program {
  static func run() {
    CleanEnvironment.restartWithoutPins()
    do {
      switch try Arguments.parse(Array(CommandLine.arguments.dropFirst())) {
      case .help: print(Arguments.help)
      case .run(let arguments): try measure(arguments)
      }
    } catch let error as UsageError {
      note("flipbook-benchmarks: \(error)")
      exit(2)
    } catch {
      note("flipbook-benchmarks: \(error)")
      exit(1)
    }
  }

  private static func measure(_ arguments: Arguments) throws {
    let machine = Machine()
    guard machine.missingInstructionSets.isEmpty else {
      throw UsageError(
        "this program was built for \(machine.missingInstructionSets.joined(separator: ", ")), which"
          + " this processor lacks: build it on this machine, or with FLIPBOOK_MARCH=x86-64-v3")
    }
    let model = try arguments.model ?? BundledModel.find()
    if arguments.serves { return Server.run(model: model) }
    let (all, notes) = try benchmarks(model: model)
    let chosen = all.filter { arguments.selects($0.name) }
    guard !chosen.isEmpty else {
      let names = all.map(\.name).joined(separator: ", ")
      throw UsageError("nothing is called '\(arguments.filter ?? "")'; there are: \(names)")
    }

    let conditions = Conditions(
      machine: machine, model: model, threads: arguments.threads, runs: arguments.runs,
      notes: notes)
    var runner = Runner(runs: arguments.runs)
    var results: [Comparison] = []
    for (index, benchmark) in chosen.enumerated() {
      note("[\(index + 1)/\(chosen.count)] \(benchmark.name)")
      for threads in benchmark.isParallel ? arguments.threads : [1] {
        results.append(try runner.result(of: benchmark, threads: threads))
      }
    }
    let report = Report(
      conditions: conditions, limits: try runner.limits(threads: arguments.threads),
      results: results)
    if let path = arguments.json { try report.writeJSON(to: path) }
    print(MarkdownTable.text(report))
  }

  /// Progress and errors: not part of the result, which goes to stdout.
  private static func note(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }
}
