import Files

/// A model as diffusers lays it out: `model_index.json` names the components, each has a folder with
/// its config and, where it has any, its weights.
///
/// Opening reads `model_index.json` alone.
package struct ModelDirectory: Sendable {
  /// The path as it was given.
  package let path: String
  /// `model_index.json`.
  package let index: JSONObject

  /// Opens a model directory.
  ///
  /// - Throws: `CheckpointError.notAModel`, `.file`, `.json`.
  package init(opening path: String) throws(CheckpointError) {
    guard let place = try facts(path) else {
      throw .notAModel(path: path, problem: "nothing is there")
    }
    guard place.kind == .directory else {
      throw .notAModel(path: path, problem: "it is a file, expected a directory")
    }
    self.path = path
    let indexPath = "\(path)/model_index.json"
    guard try facts(indexPath) != nil else {
      throw .notAModel(path: path, problem: "it holds no model_index.json")
    }
    let json = try JSONValue(file: indexPath)
    guard let object = json.object else {
      throw .notAModel(
        path: path, problem: "its model_index.json is \(json.found), expected an object")
    }
    index = object
  }

  /// The pipeline that the model is made for, `_class_name` of the index.
  package var className: String? { index["_class_name"]?.string }

  /// The components that the index names with a library and a class, in its order.
  package var componentNames: [String] {
    index.entries.filter { entry in
      !entry.key.hasPrefix("_") && entry.value.array?.count == 2
        && entry.value.array?.allSatisfy { $0.string != nil } == true
    }.map(\.key)
  }

  /// The config of a component: `config.json`, or `NAME_config.json` as schedulers and tokenizers
  /// have it.
  ///
  /// - Throws: `CheckpointError.componentMissing`, `.file`, `.json`, `.config`.
  package func config(_ component: String) throws(CheckpointError) -> ConfigReader {
    let folder = try folder(component)
    let names = ["config.json", "\(component)_config.json"]
    for name in names where try facts("\(folder)/\(name)") != nil {
      return try ConfigReader(opening: "\(folder)/\(name)")
    }
    throw missing(component, "\"\(folder)\" holds no \(names.joined(separator: " and no "))")
  }

  /// The weights of a component: the index of several files, or the one safetensors file.
  ///
  /// - Throws: `CheckpointError.componentMissing`, and what `WeightFiles` throws.
  package func weights(_ component: String) throws(CheckpointError) -> WeightFiles {
    let folder = try folder(component)
    let names = try entries(folder).filter { !$0.hasPrefix(".") }
    let indices = names.filter { $0.hasSuffix(".safetensors.index.json") }
    let files = names.filter { $0.hasSuffix(".safetensors") }
    for candidates in [indices, files] where !candidates.isEmpty {
      // Variants (`….fp16.safetensors`) may stand beside the plain name, which goes first.
      let plain = candidates.filter { $0.split(separator: ".")[1] == "safetensors" }
      guard candidates.count == 1 || plain.count == 1 else {
        throw missing(
          component,
          "\"\(folder)\" holds several sets of weights: "
            + candidates.joined(separator: ", "))
      }
      return try WeightFiles(opening: "\(folder)/\(plain.first ?? candidates[0])")
    }
    let pickles = names.filter { $0.hasSuffix(".bin") || $0.hasSuffix(".pt") }
    throw missing(
      component,
      "\"\(folder)\" holds no safetensors file"
        + (pickles.isEmpty ? "" : ", only \(pickles.joined(separator: ", ")), a PyTorch pickle"))
  }

  /// The config and the weights of a component.
  ///
  /// - Throws: `CheckpointError`.
  package func component(
    _ name: String
  ) throws(CheckpointError) -> (config: ConfigReader, weights: WeightFiles) {
    (try config(name), try weights(name))
  }

  /// The path of another file, `tokenizer/vocab.txt` for one, which must be there.
  ///
  /// - Throws: `CheckpointError.componentMissing`, `.file`.
  package func file(_ name: String) throws(CheckpointError) -> String {
    guard try facts("\(path)/\(name)") != nil else {
      throw missing(name, "nothing is at \"\(path)/\(name)\"")
    }
    return "\(path)/\(name)"
  }

  private func folder(_ component: String) throws(CheckpointError) -> String {
    guard try facts("\(path)/\(component)")?.kind == .directory else {
      throw missing(component, "there is no folder \"\(path)/\(component)\"")
    }
    return "\(path)/\(component)"
  }

  private func missing(_ component: String, _ problem: String) -> CheckpointError {
    .componentMissing(model: path, component: component, problem: problem)
  }
}

/// `FileFacts.of` with this module's error.
func facts(_ path: String) throws(CheckpointError) -> FileFacts? {
  do { return try FileFacts.of(path) } catch { throw .file(error) }
}

/// `directoryEntries` with this module's error.
func entries(_ path: String) throws(CheckpointError) -> [String] {
  do { return try directoryEntries(path) } catch { throw .file(error) }
}
