import Foundation
import Testing

@testable import Text

@Suite struct VocabularyTests {
  func vocabulary(_ bytes: [UInt8]) throws -> Vocabulary {
    try bytes.withUnsafeBytes { try Vocabulary($0, file: "vocab.txt") }
  }

  func expectError(
    _ bytes: [UInt8], line: Int?, says words: String, location: SourceLocation = #_sourceLocation
  ) {
    do {
      _ = try vocabulary(bytes)
      Issue.record("no error", sourceLocation: location)
    } catch let error as TextError {
      guard case .vocabulary("vocab.txt", let found, let problem) = error else {
        Issue.record(error, sourceLocation: location)
        return
      }
      #expect(found == line, sourceLocation: location)
      #expect(problem.contains(words), "\(problem)", sourceLocation: location)
    } catch { Issue.record(error, sourceLocation: location) }
  }

  @Test func linesAreIDs() throws {
    for text in ["a\nb\n##c\n", "a\nb\n##c", "a\r\nb\r\n##c\r\n"] {
      let vocabulary = try vocabulary(Array(text.utf8))
      #expect(vocabulary.count == 3)
      #expect(vocabulary[Array("##c".utf8)] == 2)
      #expect(vocabulary[Array("c".utf8)] == nil)
      #expect(vocabulary.longestPiece == 3)
    }
  }

  /// As `String`s the two would be equal.
  @Test func canonicallyEquivalentPiecesAreTwo() throws {
    let vocabulary = try vocabulary(Array("\u{E9}\ne\u{301}\n".utf8))
    #expect(vocabulary.count == 2)
    #expect(vocabulary[Array("e\u{301}".utf8)] == 1)
  }

  @Test func whatIsNoVocabulary() {
    expectError([], line: nil, says: "empty")
    expectError(Array("a\n\nb\n".utf8), line: 2, says: "empty")
    expectError(Array("a\nb\na\n".utf8), line: 3, says: "line 1")
    expectError([0x61, 0x0A, 0xFF, 0x0A], line: 2, says: "UTF-8")
    expectError(
      Array("version https://git-lfs.github.com/spec/v1\n".utf8), line: nil, says: "git lfs pull")
  }

  @Test func filesThatCannotBeRead() throws {
    for path in [Fixtures.folder + "nothing here.txt", Fixtures.folder] {
      #expect {
        try Tokenizer(vocabulary: path)
      } throws: { error in
        guard case TextError.unreadable(path, _) = error else { return false }
        return true
      }
    }
  }

  @Test func vocabularyWithoutMarks() throws {
    let path = NSTemporaryDirectory() + "flipbook-vocabulary-\(UUID().uuidString).txt"
    try Data("[CLS]\n[UNK]\na\n".utf8).write(to: URL(filePath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let error = TextError.vocabulary(
      file: path, line: nil, problem: "the piece [SEP] is missing")
    #expect(throws: error) { try Tokenizer(vocabulary: path) }
  }
}
