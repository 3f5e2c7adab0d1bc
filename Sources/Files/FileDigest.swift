extension SHA256 {
  /// The digest of a file, or of a folder: that of the lines which `sha256sum *` prints in it.
  ///
  /// - Returns: 64 hexadecimal digits; nil where nothing stands at the path.
  /// - Throws: `FileError` where it cannot be read.
  package static func hexDigest(ofFileAt path: String) throws(FileError) -> String? {
    guard let facts = try FileFacts.of(path) else { return nil }
    guard facts.kind == .directory else { return try hexDigest(of: MappedFile(path)) }
    var lines = SHA256()
    for name in try directoryEntries(path) where !name.hasPrefix(".") {
      lines.update("\(try hexDigest(of: MappedFile("\(path)/\(name)")))  \(name)\n".utf8)
    }
    return lines.hexDigest()
  }

  /// The digest of a file in hexadecimal, which has a few megabytes of it in memory at a time.
  package static func hexDigest(of file: MappedFile) -> String {
    var hash = SHA256()
    let step = 4 << 20
    for start in stride(from: 0, to: file.bytes.count, by: step) {
      let range = start..<min(start + step, file.bytes.count)
      hash.update(UnsafeRawBufferPointer(rebasing: file.bytes[range]))
      file.discard(range)
    }
    return hash.hexDigest()
  }
}
