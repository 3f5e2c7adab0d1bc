package import Files

/// What is wrong with a model's files: which file, what was found, what was expected.
package enum CheckpointError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file cannot be opened or written.
  case file(FileError)
  /// Something else stands where weights were expected; `found` names it and says what to do.
  case notWeights(path: String, found: String)
  /// The file is no safetensors file, or is damaged.
  case damaged(path: String, problem: String)
  /// A text is not the JSON it should be.
  case json(path: String, error: JSONError)
  /// The index of a model in several files is wrong.
  case index(path: String, problem: String)
  /// A file that the index names is not there.
  case shardMissing(index: String, shard: String)
  /// A field of a config is missing, of another type, or out of range.
  case config(file: String, field: String, found: String, expected: String)
  /// There is no model directory at the path.
  case notAModel(path: String, problem: String)
  /// A model directory lacks a component, or a component lacks a file.
  case componentMissing(model: String, component: String, problem: String)

  package var description: String {
    switch self {
    case .file(let error): error.description
    case .notWeights(let path, let found): "\"\(path)\" holds no weights: it is \(found)"
    case .damaged(let path, let problem):
      "\"\(path)\" is damaged or no safetensors file: \(problem); fetch or export it again"
    case .json(let path, let error): "\"\(path)\", \(error)"
    case .index(let path, let problem): "\"\(path)\": \(problem)"
    case .shardMissing(let index, let shard):
      "\"\(shard)\" is missing, which \"\(index)\" names; fetch all files of the model"
    case .config(let file, "", let found, let expected):
      "\"\(file)\" holds \(found), expected \(expected)"
    case .config(let file, let field, let found, let expected):
      "\"\(file)\": the field \"\(field)\" is \(found), expected \(expected)"
    case .notAModel(let path, let problem): "\"\(path)\" is no model directory: \(problem)"
    case .componentMissing(let model, let component, let problem):
      "the model \"\(model)\" has no \(component): \(problem)"
    }
  }
}
