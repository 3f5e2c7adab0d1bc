import Checkpoint
import Flipbook

/// `flipbook doctor`: what there is, and what is wrong.
enum DoctorCommand {
  struct Settings: Sendable { var isJSON = false }

  static let declaration = Command<Settings>(
    "doctor", "processor, instruction sets, libav, models found, and what is wrong",
    options: [
      Option("json", .flag, "one JSON object") { (text, settings) throws(FlipbookError) in
        settings.isJSON = try OptionValue.flag(text, "json")
      }
    ])

  static func run(_ arguments: ArgumentParser<Settings>.Result) throws -> ExitCode {
    var settings = Settings()
    for (option, text) in arguments.given { try option.set(text, &settings) }
    let report = SystemReport()
    if settings.isJSON {
      try Console.print(report.value.encoded() + "\n")
    } else {
      try Console.print(Table.text(report.rows.map { ($0.label, $0.value) }))
      let remarks = report.rows.filter { $0.severity != .fine }
      try Console.print(remarks.isEmpty ? "\nnothing is wrong\n" : "\n")
      for row in remarks {
        try Console.print("\(row.severity.rawValue): \(row.label): \(row.advice ?? row.value)\n")
      }
    }
    return report.isHealthy ? .done : .unhealthy
  }
}
