import Files

/// The pieces of words that a WordPiece tokenizer knows; a piece's line, from 0, is its id.
///
/// Pieces stay in the bytes of the file, and a table of ids in open addressing finds them: thirty thousand arrays of
/// bytes in a dictionary took a cold start eight milliseconds.
struct Vocabulary: Sendable {
  /// The file. Pieces are compared in UTF-8, so that equality is that of scalars; those within a word begin with `##`.
  private let bytes: [UInt8]
  /// Where in it each piece lies.
  private let pieces: [Range<Int>]
  /// The id of a piece in the first free place from its hash on, −1 in places that are free; a power of two of them.
  private let table: [Int32]
  /// The length of the longest piece, in bytes.
  let longestPiece: Int
  /// The number of pieces.
  var count: Int { pieces.count }

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
    self.bytes = Array(bytes)
    // What is UTF-8 as a whole is so in every line.
    let isUTF8 = String(validating: bytes, as: UTF8.self) != nil
    var pieces: [Range<Int>] = []
    pieces.reserveCapacity(bytes.count / 6)
    var start = 0
    while start < bytes.count {
      var end = start
      while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
      let hasReturn = end > start && bytes[end - 1] == UInt8(ascii: "\r")
      let piece = start..<end - (hasReturn ? 1 : 0)
      guard !piece.isEmpty else { throw failure("the line is empty", line: pieces.count + 1) }
      guard isUTF8 || String(validating: bytes[piece], as: UTF8.self) != nil else {
        throw failure("the bytes are not UTF-8", line: pieces.count + 1)
      }
      pieces.append(piece)
      start = end + 1
    }
    var table = [Int32](repeating: -1, count: 4)
    while table.count < 2 * pieces.count { table += table }
    for (id, piece) in pieces.enumerated() {
      let place = Self.place(UnsafeRawBufferPointer(rebasing: bytes[piece]), in: table) { former in
        bytes[pieces[former]].elementsEqual(bytes[piece])
      }
      if table[place] >= 0 {
        throw failure("the same piece as in line \(table[place] + 1)", line: id + 1)
      }
      table[place] = Int32(id)
    }
    self.pieces = pieces
    self.table = table
    longestPiece = pieces.reduce(0) { max($0, $1.count) }
  }

  /// The place of a piece in a table, or the free one that it would have.
  @inline(__always)
  private static func place(
    _ piece: UnsafeRawBufferPointer, in table: [Int32], isEqual: (_ id: Int) -> Bool
  ) -> Int {
    // FNV-1a, whose lower bits are the better mixed ones.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in piece { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    var place = Int(truncatingIfNeeded: hash) & (table.count - 1)
    while table[place] >= 0, !isEqual(Int(table[place])) { place = (place + 1) & (table.count - 1) }
    return place
  }

  /// The id of a piece, given in UTF-8.
  subscript(piece: [UInt8]) -> Int? {
    let place = piece.withUnsafeBytes { piece in
      Self.place(piece, in: table) { bytes[pieces[$0]].elementsEqual(piece) }
    }
    return table[place] < 0 ? nil : Int(table[place])
  }
}
