import Foundation
import Testing

@testable import Text

/// Where the fixtures and the bundled weights lie, from this file's own place.
enum Fixtures {
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path()
  static let folder = root + "Tests/Fixtures/text/"
  static let model = root + "Weights/diorama/"

  /// `tokens.json`: lines of text, their ids in Python, and the prompts with hidden states.
  struct Tokens: Decodable {
    let texts: [String]
    let ids: [[Int]]
    let prompts: [String]
  }

  static func tokens() throws -> Tokens {
    try JSONDecoder().decode(
      Tokens.self, from: Data(contentsOf: URL(filePath: folder + "tokens.json")))
  }

  /// The bundled tokenizer, read once.
  static func tokenizer() throws -> Tokenizer { try bundledTokenizer.get() }

  private static let bundledTokenizer = Result {
    try Tokenizer(vocabulary: model + "tokenizer/vocab.txt")
  }
}

/// A string with what cannot be seen written out.
func visible(_ text: String) -> String {
  text.unicodeScalars.map { $0.escaped(asASCII: true) }.joined()
}
