extension SHA256 {
  /// The digest of a file, or of a folder: that of the lines which `sha256sum *` prints in it.
  ///
  /// - Returns: 64 hexadecimal digits; nil where nothing stands at the path.
  /// - Throws: `FileError` where it cannot be read.
  package static func hexDigest(ofFileAt path: String) throws(FileError) -> String? {
    guard let facts = try FileFacts.of(path) else { return nil }
    guard facts.kind == .directory else { return hexDigest(of: try MappedFile(path).bytes) }
    var lines = SHA256()
    for name in try directoryEntries(path) where !name.hasPrefix(".") {
      lines.update("\(hexDigest(of: try MappedFile("\(path)/\(name)").bytes))  \(name)\n".utf8)
    }
    return lines.hexDigest()
  }
}
