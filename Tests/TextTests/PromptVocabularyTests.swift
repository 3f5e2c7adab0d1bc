import Checkpoint
import Testing

@testable import Text

/// A vocabulary file with something wrong in it.
@Suite struct PromptVocabularyTests {
  private func refusal(_ change: (inout JSONObject) -> Void) throws -> String {
    var object = try #require(try JSONValue(file: Fixtures.model + "prompt/world.json").object)
    change(&object)
    do {
      _ = try PromptVocabulary(json: .object(object), file: "world.json")
      return ""
    } catch { return "\(error)" }
  }

  @Test func theBundledOneIsWhole() throws {
    #expect(try refusal { _ in } == "")
  }

  @Test(arguments: [
    "phrases", "words", "families", "opposites", "templates", "defaults", "particles", "adverbs",
    "static_camera", "similarity",
  ])
  func missingFields(name: String) throws {
    let message = try refusal { $0[name] = nil }
    #expect(message.contains("world.json") && message.contains(name), "\(message)")
    #expect(try refusal { $0[name] = 3 }.contains(name))
  }

  @Test func meaningsWithoutWords() throws {
    let phrase = try refusal { $0["phrases"] = ["colour:mauve": ["mauve"]] }
    #expect(phrase.contains("words.colour:mauve"), "\(phrase)")
    let table = try refusal { $0["phrases"] = ["smell:rose": ["rosy"]] }
    #expect(table.contains("smell:rose"), "\(table)")
    let joint = try refusal { $0["phrases"] = ["word:maybe": ["maybe"]] }
    #expect(joint.contains("word:maybe"), "\(joint)")
    let family = try refusal { $0["phrases"] = ["family:swim": ["swim"]] }
    #expect(family.contains("swim"), "\(family)")
  }
}
