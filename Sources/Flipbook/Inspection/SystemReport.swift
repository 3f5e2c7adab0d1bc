package import Checkpoint
import Foundation
import Tensor
import Video

/// The machine as Flipbook sees it, and what is wrong with it.
package struct SystemReport: Sendable {
  /// How much a row matters.
  package enum Severity: String, Sendable { case fine, warning, wrong }

  /// One fact.
  package struct Row: Sendable, Equatable {
    package let label: String
    package let value: String
    package let severity: Severity
    /// What to do, where something is to be done.
    package let advice: String?

    package init(
      _ label: String, _ value: String, _ severity: Severity = .fine, advice: String? = nil
    ) {
      self.label = label
      self.value = value
      self.severity = severity
      self.advice = advice
    }
  }

  /// The facts, in the order of the report.
  package let rows: [Row]

  /// Looks at the machine.
  ///
  /// - Parameters:
  ///   - environment: `FLIPBOOK_MODEL` counts.
  ///   - discovery: where to look for models.
  package init(
    environment: [String: String] = ProcessInfo.processInfo.environment,
    discovery: ModelDiscovery = ModelDiscovery()
  ) {
    rows =
      [Row("flipbook", FlipbookVersion.current)] + Self.processor + Self.libav
      + Self.memory + Self.models(environment, discovery)
  }

  /// Whether a video can be made here.
  package var isHealthy: Bool { !rows.contains { $0.severity == .wrong } }

  /// The report for a program.
  package var value: JSONValue {
    [
      "healthy": .bool(isHealthy),
      "facts": .array(
        rows.map { row in
          [
            "label": .string(row.label), "value": .string(row.value),
            "severity": .string(row.severity.rawValue),
            "advice": row.advice.map { .string($0) } ?? .null,
          ]
        }),
    ]
  }

  private static var processor: [Row] {
    let missing = Processor.missingFeatures
    return [
      Row("processor", Processor.name),
      Row("cores", "\(ProcessInfo.processInfo.activeProcessorCount)"),
      Row("instruction sets", Processor.features.joined(separator: " ")),
      missing.isEmpty
        ? Row("built for", Processor.compiledFeatures.joined(separator: " "))
        : Row(
          "built for", Processor.compiledFeatures.joined(separator: " "), .wrong,
          advice: "this processor lacks \(missing.joined(separator: " ")): build here, or with "
            + "FLIPBOOK_MARCH=x86-64-v3"),
      Row("precision", precisions),
    ]
  }

  /// What `--precision` may be and how each is computed here.
  private static var precisions: String {
    [
      (Precision.f32, true), (.bf16, Processor.multipliesBFloat16),
      (.int8, Processor.multipliesInt8),
    ].map { precision, isDirect in
      precision.rawValue + (precision == .preferred ? " (default)" : "")
        + (isDirect ? "" : " (without instructions of its own)")
    }.joined(separator: ", ")
  }

  private static var libav: [Row] {
    let versions = VideoLibrary.versions.map { Row($0.name, $0.version) }
    let encoder = VideoLibrary.videoEncoder
    guard VideoLibrary.hasEncoder(encoder) else {
      return versions + [
        Row(
          encoder, "missing", .wrong,
          advice: "install a libavcodec that was built with it: apt install libavcodec-dev")
      ]
    }
    return versions + [Row(encoder, "found")]
  }

  /// Room for the smallest sensible run: weights in Float32 and the activations of a base clip.
  private static let leastMemory = 1 << 30

  private static var memory: [Row] {
    let total = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    let pages = HugePages.policy.map { policy in
      Row("huge pages", policy == "never" ? "off (never)" : "on (\(policy))")
    }
    guard let available = MemoryInformation.availableByteCount else {
      return [Row("memory", Quantity.bytes(total)), pages].compactMap(\.self)
    }
    let text = "\(Quantity.bytes(available)) free of \(Quantity.bytes(total))"
    return [
      available >= leastMemory
        ? Row("memory", text)
        : Row("memory", text, .warning, advice: "close other programs: a run may not fit"),
      pages,
    ].compactMap(\.self)
  }

  private static func models(
    _ environment: [String: String], _ discovery: ModelDiscovery
  ) -> [Row] {
    let found = discovery.all()
    var rows: [Row] = []
    if let named = environment["FLIPBOOK_MODEL"], !named.isEmpty,
      found.first?.origin != "FLIPBOOK_MODEL"
    {
      rows.append(
        Row("FLIPBOOK_MODEL", named, .wrong, advice: "no model lies there: correct or unset it"))
    }
    guard !found.isEmpty else {
      return rows + [
        Row(
          "models", "none", .wrong,
          advice: "run from a clone of the repository, set FLIPBOOK_MODEL, or name one with --model"
        )
      ]
    }
    return rows
      + found.map { model in
        do {
          for name in ["transformer", "vae", "text_encoder"] {
            _ = try ModelDirectory(opening: model.path).weights(name)
          }
          return Row("model \(model.name)", model.path)
        } catch {
          return Row(
            "model \(model.name)", "\(model.path): \(error)", .wrong,
            advice: "fetch or export it again")
        }
      }
  }
}
