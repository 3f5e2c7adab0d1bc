package import Checkpoint

/// What a model directory holds, read from configs and headers alone.
package struct ModelInspection: Sendable {
  /// A component with weights.
  package struct Component: Sendable {
    /// The folder's name.
    package let name: String
    /// The class in diffusers' or transformers' words.
    package let className: String?
    /// The tensors.
    package let tree: WeightTree
    /// Numbers in all tensors.
    package let parameterCount: Int
    /// Bytes on the disk.
    package let byteCount: Int
    /// Floating-point operations of one native video, where the plan tells.
    package let operations: Double?
    /// Tensors, for a program.
    fileprivate let entries: [SafetensorsEntry]
  }

  /// Where it lies.
  package let path: String
  /// The pipeline's class.
  package let className: String?
  /// Components with weights, in the order of the index.
  package let components: [Component]
  /// The plan of one video of the model's own size and length, where the model is complete.
  package let plan: GenerationPlan?
  /// SHA-256 of the directory.
  package let hash: String

  /// Inspects a model.
  ///
  /// - Throws: `FlipbookError.model` where it is damaged.
  package init(path: String) throws(FlipbookError) {
    do {
      let directory = try ModelDirectory(opening: path)
      let native = try NativePlan(directory)
      self.path = path
      className = directory.className
      plan = native.plan
      hash = try directory.hash()
      components = try directory.componentNames.compactMap { name in
        // Schedulers and tokenizers have no weights, and no config.json beside them.
        guard let weights = try Self.weights(name, directory) else { return nil }
        return Component(
          name: name, className: directory.index[name]?.array?.last?.string,
          tree: WeightTree(name: name, entries: weights.entries),
          parameterCount: weights.parameterCount, byteCount: weights.byteCount,
          operations: native.operations[name], entries: weights.entries)
      }
    } catch { throw FlipbookError(wrapping: error) }
  }

  private static func weights(
    _ name: String, _ directory: ModelDirectory
  ) throws(CheckpointError) -> WeightFiles? {
    if name == "scheduler" || name == "tokenizer" { return nil }
    return try directory.weights(name)
  }

  /// Numbers in all components.
  package var parameterCount: Int { components.reduce(0) { $0 + $1.parameterCount } }
  /// Bytes of all components on the disk.
  package var byteCount: Int { components.reduce(0) { $0 + $1.byteCount } }

  /// The inspection as text.
  package var text: String {
    var lines = ["\(path)  (\(className ?? "no class"))"]
    for component in components {
      var facts = [
        "\(Quantity.parameters(component.parameterCount)) parameters",
        Quantity.bytes(component.byteCount),
      ]
      if let operations = component.operations { facts.append(Quantity.operations(operations)) }
      lines += ["", "\(component.name)  \(component.className ?? "")"]
      lines.append("  " + facts.joined(separator: ", "))
      lines += component.tree.lines(indent: "  ")
    }
    lines += [
      "",
      "total: \(Quantity.parameters(parameterCount)) parameters, \(Quantity.bytes(byteCount))",
    ]
    if let plan {
      lines.append(
        "one video of \(plan.size), \(plan.frames) frames, \(plan.steps) steps: "
          + "\(Quantity.operations(plan.operations)), "
          + "\(Quantity.bytes(plan.peakByteCount)) of memory")
    }
    lines.append("sha256: \(hash)")
    return lines.joined(separator: "\n") + "\n"
  }

  /// The inspection for a program.
  package var value: JSONValue {
    [
      "path": .string(path), "class": className.map { .string($0) } ?? .null,
      "sha256": .string(hash), "parameters": JSONValue(parameterCount),
      "bytes": JSONValue(byteCount), "native_plan": plan?.value ?? .null,
      "components": .array(components.map(Self.value)),
    ]
  }

  private static func value(_ component: Component) -> JSONValue {
    [
      "name": .string(component.name),
      "class": component.className.map { .string($0) } ?? .null,
      "parameters": JSONValue(component.parameterCount), "bytes": JSONValue(component.byteCount),
      "operations": component.operations.map { .number($0) } ?? .null,
      "tensors": .array(
        component.entries.map { entry in
          [
            "name": .string(entry.name), "dtype": .string(entry.elementType.rawValue),
            "shape": .array(entry.shape.map { JSONValue($0) }),
          ]
        }),
    ]
  }
}
