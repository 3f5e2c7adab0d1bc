/// Text to token ids, as BERT's uncased tokenizer has them: `BasicTokenizer`, then WordPiece
/// (Wu et al., arXiv 1609.08144, section 4.1; greedy, the longest piece first).
///
/// A prompt is text and nothing else: `[SEP]` in a prompt is the three words `[`, `sep`, `]`.
package struct Tokenizer: Sendable {
  /// Longer words, in scalars, are `[UNK]` as a whole.
  package static let longestWord = 100

  private let vocabulary: Vocabulary
  /// The id of `[CLS]`, which begins every text.
  package let startID: Int
  /// The id of `[SEP]`, which ends every text.
  package let endID: Int
  /// The id of `[UNK]`, a word that cannot be put together from pieces.
  package let unknownID: Int
  /// The number of ids.
  package var vocabularySize: Int { vocabulary.count }

  /// Reads a vocabulary, `vocab.txt` of a model's `tokenizer` folder.
  ///
  /// - Throws: `TextError.unreadable`, `.vocabulary`.
  package init(vocabulary path: String) throws(TextError) {
    let vocabulary = try Vocabulary(opening: path)
    func id(_ piece: String) throws(TextError) -> Int {
      guard let id = vocabulary[Array(piece.utf8)] else {
        throw .vocabulary(file: path, line: nil, problem: "the piece \(piece) is missing")
      }
      return id
    }
    startID = try id("[CLS]")
    endID = try id("[SEP]")
    unknownID = try id("[UNK]")
    self.vocabulary = vocabulary
  }

  /// The ids of the whole text, however long, between `[CLS]` and `[SEP]`; the empty text has two.
  package func ids(of text: String) -> [Int] {
    var ids = [startID]
    for word in BasicTokenizer.words(of: text) { appendPieces(of: word, to: &ids) }
    ids.append(endID)
    return ids
  }

  /// The ids of a text that is to fit a model.
  ///
  /// - Parameters:
  ///   - text: What is tokenized.
  ///   - limit: The most ids that the model reads, `[CLS]` and `[SEP]` among them.
  ///   - shot: The number of the shot, from 1, for the message.
  /// - Throws: `TextError.tooManyTokens`. Nothing is ever cut off.
  package func ids(of text: String, limit: Int, shot: Int? = nil) throws(TextError) -> [Int] {
    let ids = ids(of: text)
    guard ids.count <= limit else {
      throw .tooManyTokens(shot: shot, found: ids.count, limit: limit)
    }
    return ids
  }

  /// WordPiece: the longest piece that the word begins with, then the longest `##` piece that the
  /// rest begins with, and so on; where none fits, the word as a whole is `[UNK]`.
  private func appendPieces(of word: [Unicode.Scalar], to ids: inout [Int]) {
    guard word.count <= Self.longestWord else { return ids.append(unknownID) }
    let wordStart = ids.count
    var start = 0
    while start < word.count {
      // Every prefix that could be a piece, in bytes; `ends[i]` closes the prefix of i + 1 scalars.
      var piece: [UInt8] = start == 0 ? [] : Array("##".utf8)
      var ends: [Int] = []
      for scalar in word[start...] {
        piece.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        guard piece.count <= vocabulary.longestPiece else { break }
        ends.append(piece.count)
      }
      var found: Int?
      while let end = ends.last {
        piece.removeSubrange(end...)
        found = vocabulary[piece]
        if found != nil { break }
        ends.removeLast()
      }
      guard let found else {
        ids.removeSubrange(wordStart...)
        return ids.append(unknownID)
      }
      ids.append(found)
      start += ends.count
    }
  }
}
