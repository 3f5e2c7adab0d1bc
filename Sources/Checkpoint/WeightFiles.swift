import Files
package import Tensor

/// The weights of one component: a safetensors file, or several with an index that tells which
/// tensor lies in which (`*.safetensors.index.json`, as transformers and diffusers write it).
package struct WeightFiles: WeightSource {
  /// The files, one where there is no index, else sorted by name.
  package let shards: [Safetensors]
  private let positions: [String: Int]

  /// Opens a safetensors file, or an index and every file that it names.
  ///
  /// - Throws: `CheckpointError`.
  package init(opening path: String) throws(CheckpointError) {
    if path.hasSuffix(".json") {
      try self.init(index: path)
    } else {
      self.init(single: try Safetensors(opening: path))
    }
  }

  private init(single file: Safetensors) {
    shards = [file]
    positions = Dictionary(uniqueKeysWithValues: file.keys.map { ($0, 0) })
  }

  private init(index path: String) throws(CheckpointError) {
    let json = try JSONValue(file: path)
    guard let map = json["weight_map"]?.object else {
      throw .index(path: path, problem: "it has no object \"weight_map\"")
    }
    let directory = splitPath(path).directory
    var keysByShard: [String: Set<String>] = [:]
    for (key, value) in map.entries {
      guard let name = value.string, isPlainName(name) else {
        throw .index(
          path: path,
          problem: "the file of \(abbreviated(key)) is \(value.found), expected a name in the "
            + "same directory")
      }
      guard keysByShard[name, default: []].insert(key).inserted else {
        throw .index(path: path, problem: "the tensor \(abbreviated(key)) stands in it twice")
      }
    }
    if keysByShard.isEmpty { throw .index(path: path, problem: "its \"weight_map\" is empty") }

    var shards: [Safetensors] = []
    var positions: [String: Int] = [:]
    for (position, name) in keysByShard.keys.sorted().enumerated() {
      let shard: Safetensors
      do { shard = try Safetensors(opening: "\(directory)/\(name)") } catch {
        if case .file(let cause) = error, cause.isMissing {
          throw .shardMissing(index: path, shard: name)
        }
        throw error
      }
      let expected = keysByShard[name] ?? []
      if let key = expected.sorted().first(where: { !shard.contains($0) }) {
        throw .index(
          path: path, problem: "\"\(name)\" does not hold the tensor \(abbreviated(key))")
      }
      if let key = shard.keys.first(where: { !expected.contains($0) }) {
        throw .index(
          path: path,
          problem: "\"\(name)\" holds the tensor \(abbreviated(key)), which is not listed for it")
      }
      for key in expected where positions.updateValue(position, forKey: key) != nil {
        throw .index(path: path, problem: "the tensor \(abbreviated(key)) lies in two files")
      }
      shards.append(shard)
    }
    self.shards = shards
    self.positions = positions
  }

  /// The names of the tensors, file by file, in the order of their bytes.
  package var keys: [String] { shards.flatMap(\.keys) }
  /// The tensors, file by file, in the order of their bytes.
  package var entries: [SafetensorsEntry] { shards.flatMap(\.entries) }
  /// Names that nobody has read yet.
  package var unreadKeys: [String] { shards.flatMap(\.unreadKeys) }
  /// Texts that the writers put beside the tensors; the first file that has a key wins.
  package var metadata: [String: String] {
    shards.reduce(into: [:]) { $0.merge($1.metadata) { first, _ in first } }
  }
  /// How many numbers all tensors hold.
  package var parameterCount: Int { entries.reduce(0) { $0 + $1.count } }
  /// How many bytes all tensors take on the disk.
  package var byteCount: Int { entries.reduce(0) { $0 + $1.byteRange.count } }

  /// Gives the memory back that reading a tensor took; it can be read again.
  package func discard(_ key: String) {
    if let position = positions[key] { shards[position].discard(key) }
  }

  /// Whether any file holds a tensor of this name.
  package func contains(_ key: String) -> Bool { positions[key] != nil }

  /// What the header says about a tensor.
  package func entry(_ key: String) -> SafetensorsEntry? {
    positions[key].flatMap { shards[$0].entry(key) }
  }

  /// A tensor of floating-point numbers, copied and widened to Float32.
  ///
  /// - Throws: `WeightError`, `TensorError`.
  package func tensor(_ key: String, shape: [Int]) throws -> Tensor {
    try shard(of: key, shape: shape).tensor(key, shape: shape)
  }

  /// A tensor of bfloat16 as it lies in its file; `nil` where it is of another type.
  ///
  /// - Throws: `WeightError.missing`, `.shape`.
  package func bfloat16(_ key: String, shape: [Int]) throws -> BFloat16Values? {
    try shard(of: key, shape: shape).bfloat16(key, shape: shape)
  }

  /// A tensor's bytes as they lie in the file, for code that packs them itself.
  ///
  /// - Throws: `WeightError.missing`, `.shape`.
  package func rawTensor(_ key: String, shape: [Int]? = nil) throws(WeightError) -> RawTensor {
    try shard(of: key, shape: shape).rawTensor(key, shape: shape)
  }

  private func shard(of key: String, shape: [Int]?) throws(WeightError) -> Safetensors {
    guard let position = positions[key] else { throw .missing(key: key, expected: shape ?? []) }
    return shards[position]
  }
}

/// True for a name that stays in its directory.
private func isPlainName(_ name: String) -> Bool {
  !name.isEmpty && name != "." && name != ".." && !name.utf8.contains { $0 == 0x2f || $0 == 0 }
}
