import Testing

@testable import Text

@Suite struct TokenizerTests {
  @Test func idsOfOneThousandLinesEqualThoseOfPython() throws {
    let tokens = try Fixtures.tokens()
    let tokenizer = try Fixtures.tokenizer()
    #expect(tokens.texts.count == 1000)
    #expect(tokens.ids.count == 1000)
    for (text, expected) in zip(tokens.texts, tokens.ids) {
      let found = tokenizer.ids(of: text)
      #expect(found == expected, "\(visible(text))")
    }
  }

  @Test func bundledVocabulary() throws {
    let tokenizer = try Fixtures.tokenizer()
    #expect(tokenizer.vocabularySize == 30522)
    #expect([tokenizer.unknownID, tokenizer.startID, tokenizer.endID] == [100, 101, 102])
  }

  @Test func emptyTextHasStartAndEndOnly() throws {
    let tokenizer = try Fixtures.tokenizer()
    for text in ["", "  \n\t", "\u{200B}\u{FEFF}\0"] {
      #expect(tokenizer.ids(of: text) == [101, 102], "\(visible(text))")
    }
  }

  @Test func namesOfSpecialTokensAreOrdinaryText() throws {
    let ids = try Fixtures.tokenizer().ids(of: "[SEP][CLS][PAD]")
    #expect(ids.dropFirst().dropLast().allSatisfy { $0 > 103 })
  }

  @Test func composedAndDecomposedTextAreTheSame() throws {
    let tokenizer = try Fixtures.tokenizer()
    #expect(tokenizer.ids(of: "Café Ångström 한국어") == tokenizer.ids(of: "cafe angstrom 한국어"))
  }

  @Test func longTextIsRefusedNeverCut() throws {
    let tokenizer = try Fixtures.tokenizer()
    let text = String(repeating: "ball ", count: 62)
    #expect(try tokenizer.ids(of: text, limit: 64).count == 64)
    #expect(tokenizer.ids(of: text + "ball").count == 65)
    let error = TextError.tooManyTokens(shot: 2, found: 65, limit: 64)
    #expect(throws: error) { try tokenizer.ids(of: text + "ball", limit: 64, shot: 2) }
    #expect(error.description.contains("shot 2 has 65 tokens"))
    #expect(error.description.contains("at most 64"))
  }

  @Test func longTextTakesNoQuadraticTime() throws {
    let tokenizer = try Fixtures.tokenizer()
    #expect(tokenizer.ids(of: String(repeating: "a", count: 1 << 16)) == [101, 100, 102])
    #expect(tokenizer.ids(of: String(repeating: "!", count: 5000)).count == 5002)
  }
}
