package import Files

extension JSONValue {
  /// The largest JSON file that is read, in bytes: the same as for a safetensors header.
  package static let fileByteLimit = SafetensorsHeader.byteLimit

  /// Reads and parses a JSON file.
  ///
  /// - Throws: `CheckpointError.file`, `.json`.
  package init(file path: String) throws(CheckpointError) {
    let file: MappedFile
    do { file = try MappedFile(path) } catch { throw .file(error) }
    do throws(JSONError) {
      guard file.bytes.count <= Self.fileByteLimit else {
        throw JSONError(
          line: 1, column: 1,
          problem: "\(file.bytes.count) bytes, at most \(Self.fileByteLimit) are read")
      }
      self = try JSONValue(parsing: file.bytes)
    } catch {
      throw .json(path: path, error: error)
    }
  }

  /// Writes the value as a file, indented, whole or not at all.
  ///
  /// - Throws: `FileError`.
  package func write(to path: String) throws(FileError) {
    try AtomicFile.write(Array((encoded(indented: true) + "\n").utf8), to: path)
  }
}
