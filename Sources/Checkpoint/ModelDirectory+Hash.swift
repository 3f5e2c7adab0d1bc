import Files

extension ModelDirectory {
  /// What tells one model from another: SHA-256 over the digests of every file that the results
  /// depend on (`.safetensors`, `.json`, `.txt`, in the directory and its folders).
  ///
  /// It is the digest of the lines that `sha256sum` prints for those files sorted by name:
  ///
  ///     find . -mindepth 1 -maxdepth 2 -name '*.safetensors' -o -name '*.json' -o -name '*.txt' \
  ///       | sed 's|^\./||' | LC_ALL=C sort | xargs -d '\n' sha256sum | sha256sum
  ///
  /// It reads the whole model, at one to two gigabytes a second.
  ///
  /// - Returns: 64 hexadecimal digits.
  /// - Throws: `CheckpointError.file`.
  package func hash() throws(CheckpointError) -> String {
    var names: [String] = []
    for name in try entries(path) where !name.hasPrefix(".") {
      switch try facts("\(path)/\(name)")?.kind {
      case .directory:
        for inner in try entries("\(path)/\(name)") where !inner.hasPrefix(".") {
          if try facts("\(path)/\(name)/\(inner)")?.kind == .regular {
            names.append("\(name)/\(inner)")
          }
        }
      case .regular: names.append(name)
      case .other, nil: break
      }
    }
    var lines = SHA256()
    for name in names.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    where [".safetensors", ".json", ".txt"].contains(where: name.hasSuffix) {
      let file: MappedFile
      do { file = try MappedFile("\(path)/\(name)") } catch { throw .file(error) }
      lines.update("\(SHA256.hexDigest(of: file))  \(name)\n".utf8)
    }
    return lines.hexDigest()
  }
}
