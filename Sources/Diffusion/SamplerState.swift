package import Tensor

/// Everything that the rest of a run depends on: what `--save-latents` writes and `--from-latents`
/// reads, as the tensors and the metadata of a safetensors file.
package struct SamplerState {
  package let solver: SolverKind
  package let sigmas: [Double]
  package let heldSteps: Int
  package let completedSteps: Int
  /// The latents at `sigmas[completedSteps]`.
  package let latents: Tensor
  /// What a multistep solver remembers, by name; each of the shape of the latents.
  package let history: [String: Tensor]
  /// The estimate of the clean sample that the last step was taken with: what a preview shows. `nil`
  /// before the first evaluation and in a state that was read from a file.
  package let estimate: Tensor?

  /// The tensors to save: `latents` and `history.NAME`.
  package var tensors: [String: Tensor] {
    var all = ["latents": latents]
    for (name, tensor) in history { all[Self.prefix + name] = tensor }
    return all
  }

  /// The rest, as text. Numbers are written so that they read back to the same bits.
  package var metadata: [String: String] {
    [
      "solver": solver.rawValue,
      "sigmas": sigmas.map { "\($0)" }.joined(separator: " "),
      "held_steps": "\(heldSteps)",
      "completed_steps": "\(completedSteps)",
    ]
  }

  private static let prefix = "history."
}

extension SamplerState {
  /// Reads a state back. Keys that it does not know are ignored, so that a file can hold more.
  ///
  /// - Throws: `DiffusionError.state` when a key is missing or is not what it should be. Whether the
  ///   state belongs to a run is checked when the run resumes.
  package init(tensors: [String: Tensor], metadata: [String: String]) throws(DiffusionError) {
    func text(_ key: String) throws(DiffusionError) -> String {
      guard let value = metadata[key] else {
        throw .state(key: key, found: "missing", expected: "an entry of the metadata")
      }
      return value
    }
    func value<Value>(
      _ key: String, _ expected: String, _ parse: (String) -> Value?
    ) throws(DiffusionError) -> Value {
      let found = try text(key)
      guard let value = parse(found) else {
        throw .state(key: key, found: "\"\(found)\"", expected: expected)
      }
      return value
    }
    let names = SolverKind.allCases.map(\.rawValue).joined(separator: ", ")
    let count = "a number that is not negative"
    solver = try value("solver", "one of \(names)") { SolverKind(rawValue: $0) }
    sigmas = try value("sigmas", "numbers with spaces between") { list in
      let numbers = list.split(separator: " ").map { Double($0) }
      return numbers.contains(nil) ? nil : numbers.compactMap(\.self)
    }
    heldSteps = try value("held_steps", count) { Int($0).flatMap { $0 < 0 ? nil : $0 } }
    completedSteps = try value("completed_steps", count) { Int($0).flatMap { $0 < 0 ? nil : $0 } }
    guard let latents = tensors["latents"] else {
      throw .state(key: "latents", found: "missing", expected: "a tensor")
    }
    self.latents = latents
    var history: [String: Tensor] = [:]
    for (key, tensor) in tensors where key.hasPrefix(Self.prefix) {
      history[String(key.dropFirst(Self.prefix.count))] = tensor
    }
    self.history = history
    estimate = nil
  }

  func check<Value: Equatable>(
    _ key: String, _ found: Value, _ expected: Value
  ) throws(DiffusionError) {
    guard found == expected else {
      throw .state(key: key, found: "\(found)", expected: "\(expected)")
    }
  }
}
