import Checkpoint

/// The fields of a vocabulary file, with the place in every message.
struct VocabularyReader {
  let file: String
  let root: JSONValue

  func error(_ field: String, found: String, expected: String) -> CheckpointError {
    .config(file: file, field: field, found: found, expected: expected)
  }

  func string(_ field: String) throws(CheckpointError) -> String {
    guard let text = root[field]?.string else { throw wrong(field, root[field], "a string") }
    return text
  }

  func object(_ field: String) throws(CheckpointError) -> JSONObject {
    guard let object = root[field]?.object else {
      throw wrong(field, root[field], "an object")
    }
    return object
  }

  func strings(_ field: String) throws(CheckpointError) -> [String] {
    try strings(root[field] ?? .null, field)
  }

  func strings(_ value: JSONValue, _ field: String) throws(CheckpointError) -> [String] {
    let texts = value.array?.compactMap(\.string)
    guard let texts, texts.count == value.array?.count else {
      throw wrong(field, value, "a list of strings")
    }
    return texts
  }

  /// Strings under names that must all be there.
  func texts(_ field: String, names: [String]) throws(CheckpointError) -> [String: String] {
    var texts: [String: String] = [:]
    for name in names {
      guard let text = try object(field)[name]?.string else {
        throw wrong("\(field).\(name)", try object(field)[name], "a string")
      }
      texts[name] = text
    }
    return texts
  }

  func meaning(_ text: String, _ field: String) throws(CheckpointError) -> Meaning {
    guard let meaning = Meaning(text) else {
      throw error(field, found: text, expected: "TABLE:VALUE with a table of the world")
    }
    return meaning
  }

  /// Meanings under any names.
  func meanings(
    _ value: JSONValue, _ field: String
  ) throws(CheckpointError) -> [String: Meaning] {
    guard let object = value.object else { throw wrong(field, value, "an object") }
    var meanings: [String: Meaning] = [:]
    for (name, value) in object.entries {
      guard let text = value.string else { throw wrong("\(field).\(name)", value, "a string") }
      meanings[name] = try meaning(text, "\(field).\(name)")
    }
    return meanings
  }

  func similarity() throws(CheckpointError) -> (
    threshold: Double, margin: Double, tables: Set<Meaning.Table>, rivals: Set<Meaning.Table>
  ) {
    let object = try object("similarity")
    guard let threshold = object["threshold"]?.double, let margin = object["margin"]?.double else {
      throw error("similarity", found: "no numbers", expected: "threshold and margin")
    }
    return (
      threshold, margin, try tables(object["tables"], "similarity.tables"),
      try tables(object["rivals"], "similarity.rivals")
    )
  }

  private func tables(
    _ value: JSONValue?, _ field: String
  ) throws(CheckpointError) -> Set<Meaning.Table> {
    var tables: Set<Meaning.Table> = []
    for name in try strings(value ?? .null, field) {
      guard let table = Meaning.Table(rawValue: name) else {
        throw error(field, found: name, expected: "a table of the world")
      }
      tables.insert(table)
    }
    return tables
  }

  private func wrong(
    _ field: String, _ value: JSONValue?, _ expected: String
  ) -> CheckpointError {
    error(field, found: value?.found ?? "missing", expected: expected)
  }
}
