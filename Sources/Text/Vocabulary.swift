import Files

/// The pieces of words that a WordPiece tokenizer knows; a piece's line, from 0, is its id.
struct Vocabulary: Sendable {
  /// Pieces in UTF-8, so that equality is that of scalars. Pieces within a word begin with `##`.
  private let ids: [[UInt8]: Int32]
  /// The number of pieces.
  let count: Int
  /// The length of the longest piece, in bytes.
  let longestPiece: Int

  /// Reads `vocab.txt`: UTF-8, one piece a line.
  ///
  /// - Throws: `TextError.unreadable`, or `.vocabulary` for text that is no vocabulary: empty
  ///   lines, a piece that stands there twice, bytes that are not UTF-8, a git-lfs pointer.
  init(opening path: String) throws(TextError) {
    let file: MappedFile
    do { file = try MappedFile(path) } catch {
      throw .unreadable(file: path, reason: error.description)
    }
    try self.init(file.bytes, file: path)
  }

  /// The same from bytes; `file` stands in messages.
  init(_ bytes: UnsafeRawBufferPointer, file: String) throws(TextError) {
    func failure(_ problem: String, line: Int? = nil) -> TextError {
      .vocabulary(file: file, line: line, problem: problem)
    }
    guard !bytes.isEmpty else { throw failure("the file is empty") }
    if bytes.starts(with: "version https://git-lfs".utf8) {
      throw failure("this is a git-lfs pointer, not the file; run 'git lfs pull'")
    }
    guard bytes.count <= 64 << 20 else { throw failure("the file is larger than 64 MiB") }
    var ids: [[UInt8]: Int32] = [:]
    // A piece is seven bytes or so; growing would hash all of them several times.
    ids.reserveCapacity(bytes.count / 6)
    var longest = 0
    var start = bytes.startIndex
    while start < bytes.endIndex {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
      var piece = Array(bytes[start..<end])
      if piece.last == UInt8(ascii: "\r") { piece.removeLast() }
      let id = ids.count
      guard !piece.isEmpty else { throw failure("the line is empty", line: id + 1) }
      guard String(validating: piece, as: UTF8.self) != nil else {
        throw failure("the bytes are not UTF-8", line: id + 1)
      }
      longest = max(longest, piece.count)
      if let former = ids.updateValue(Int32(truncatingIfNeeded: id), forKey: piece) {
        throw failure("the same piece as in line \(former + 1)", line: id + 1)
      }
      start = end + 1
    }
    self.ids = ids
    count = ids.count
    longestPiece = longest
  }

  /// The id of a piece, given in UTF-8.
  subscript(piece: [UInt8]) -> Int? { ids[piece].map(Int.init) }
}
