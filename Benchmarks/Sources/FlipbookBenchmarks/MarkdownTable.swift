import Bench

/// The report as Markdown: the machine, then a table a group.
enum MarkdownTable {
  static func text(_ report: Report) -> String {
    var parts = [conditions(report.conditions), section("limit", report.limits)]
    var groups: [(name: String, results: [Comparison])] = []
    for result in report.results {
      let name = String(result.measurement.name.prefix { $0 != "/" })
      if groups.last?.name == name {
        groups[groups.count - 1].results.append(result)
      } else {
        groups.append((name, [result]))
      }
    }
    parts += groups.map { section($0.name, $0.results) }
    return parts.joined(separator: "\n\n")
  }

  private static func conditions(_ conditions: Conditions) -> String {
    let machine = conditions.machine
    var lines = [
      "- Processor: \(machine.processor)",
      "- OpenBLAS core: \(machine.blasCore) (\(machine.blasConfiguration))",
      "- Threads: \(conditions.threads.map(String.init).joined(separator: ", "))",
      "- Instruction sets: \(machine.instructionSets.joined(separator: " "))",
      "- Measurements a row: \(conditions.runs)",
    ]
    if let load = conditions.load {
      lines.append("- Load of the machine at the start: \(Format.decimals(load, 2))")
    }
    return (lines + conditions.notes.map { "- \($0)" }).joined(separator: "\n")
  }

  private static func section(_ group: String, _ results: [Comparison]) -> String {
    let isLimited = results.contains { $0.limitRate != nil }
    let isCompared = results.contains { $0.referenceShare != nil }
    var head = ["\(group)/", "shape", "threads", "median", "min–max", "rate"]
    if isLimited { head.append("of limit") }
    if isCompared { head.append("of OpenBLAS") }
    let rows = results.map { result in
      let measurement = result.measurement
      let statistics = measurement.statistics
      var cells = [
        String(measurement.name.dropFirst(group.count + 1)), measurement.shape,
        String(measurement.threads), Format.time(statistics.median),
        Format.range(statistics.minimum, statistics.maximum),
        Format.rate(measurement.rate, measurement.work),
      ]
      if isLimited { cells.append(Format.share(result.limitShare)) }
      if isCompared { cells.append(Format.share(result.referenceShare)) }
      return cells
    }
    let alignment = head.indices.map { $0 < 2 ? "---" : "---:" }
    return ([head, alignment] + rows).map { "| " + $0.joined(separator: " | ") + " |" }
      .joined(separator: "\n")
  }
}
