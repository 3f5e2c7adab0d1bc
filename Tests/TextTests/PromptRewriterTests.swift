import Checkpoint
import Foundation
import Tensor
import Testing

@testable import Text

/// The rewriter with the bundled model's vocabulary.
@Suite struct PromptRewriterTests {
  private static let bundled = Result {
    PromptRewriter(try PromptVocabulary(file: Fixtures.model + "prompt/world.json"))
  }
  private let rewriter: PromptRewriter

  init() throws { rewriter = try Self.bundled.get() }

  /// Lines of tab-separated columns.
  private func lines(_ name: String) throws -> [[String]] {
    try String(contentsOfFile: Fixtures.folder + name, encoding: .utf8)
      .split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
  }

  /// A hundred prompts that were written in both languages before there was a rewriter.
  @Test func twinsGiveTheSameCaption() throws {
    let twins = try lines("twins.tsv")
    let different = try twins.filter {
      try rewriter.rewrite($0[0]).prompt != rewriter.rewrite($0[1]).prompt
    }
    #expect(twins.count == 100)
    #expect(different.count <= 5, "\(different)")
  }

  /// Thirty more, written when the rewriter was done: 19 agreed at the first run. What that showed was
  /// mended since (unknown Chinese words in English captions, "off to the right", missing words), so
  /// this is no measure any more, but a guard.
  @Test func laterTwins() throws {
    let twins = try lines("twins-unseen.tsv")
    let same = try twins.filter {
      try rewriter.rewrite($0[0]).prompt == rewriter.rewrite($0[1]).prompt
    }
    #expect(twins.count == 30 && same.count >= 29)
  }

  /// Captions that the training grammar calls canonical, of all kinds of clips.
  @Test func canonicalCaptionsStay() throws {
    let captions = try lines("captions.tsv").map { $0[0] }
    #expect(captions.count == 300)
    for caption in captions {
      let rewriting = try rewriter.rewrite(caption)
      #expect(rewriting.prompt == caption)
      #expect(rewriting.leftAlone.isEmpty && rewriting.leftOut.isEmpty)
    }
  }

  /// Captions in every wording and template of the grammar say what their canonical form says.
  @Test func wordingsOfTheGrammar() throws {
    for pair in try lines("wordings.tsv") {
      #expect(try rewriter.rewrite(pair[0]).prompt == pair[1], "\(pair[0])")
    }
  }

  /// A caption that was made is one that stays.
  @Test func rewritingTwiceChangesNothing() throws {
    for prompt in try lines("twins.tsv").joined() {
      let once = try rewriter.rewrite(prompt).prompt
      #expect(try rewriter.rewrite(once).prompt == once, "\(prompt)")
    }
  }

  /// The training captions have at most 40 tokens a shot, the model reads 64.
  @Test func captionsAreShortEnough() throws {
    let tokenizer = try Fixtures.tokenizer()
    for prompt in try (lines("twins.tsv") + lines("captions.tsv")).joined() {
      for shot in try ShotPrompt(parsing: rewriter.rewrite(prompt).prompt).shots {
        #expect(tokenizer.ids(of: shot.text).count <= 48, "\(shot.text)")
      }
    }
  }

  @Test(
    arguments: [
      // Order of two actions.
      ("红球先跳，然后滚向左边", "Medium shot of a red ball jumping, then rolling to the left"),
      (
        "a red ball jumps after rolling left",
        "Medium shot of a red ball rolling to the left, then jumping"
      ),
      ("红球跳起来之前先向左滚", "Medium shot of a red ball rolling to the left, then jumping"),
      (
        "before it jumps, the red ball rolls left",
        "Medium shot of a red ball rolling to the left, then jumping"
      ),
      // Negation.
      ("a ball, not shiny, does not bounce", "Medium shot of a matte ball standing still"),
      ("红球不跳", "Medium shot of a red ball standing still"),
      // Two subjects and their relation, active, passive and with 「把」.
      ("红球把蓝方块撞飞", "Medium shot of a red ball hitting a blue cube, which rolls away"),
      ("蓝方块被红球追", "Medium shot of a red ball chasing a blue cube"),
      ("红球从蓝方块上跳过", "Medium shot of a red ball jumping over a blue cube"),
      ("两个红球", "Medium shot of a red ball and a red ball standing still"),
      // Whose verb it is.
      ("镜头跟随向左滚的红球", "Medium shot of a red ball rolling to the left while the camera follows it"),
      ("红球跟随蓝球", "Medium shot of a red ball chasing a blue ball"),
      (
        "orbiting shot of a spinning red cone",
        "Medium shot of a red cone spinning while the camera orbits to the left"
      ),
      ("环绕，红色圆锥", "Medium shot of a red cone standing still while the camera orbits to the left"),
      (
        "变焦，雪地里的红球",
        "In a medium shot in the snow, a red ball stands still while the camera zooms in."
      ),
      // Shots, in marks and in words; lengths stay, subjects and scene go on.
      (
        "[cut 2s] 沙漠，红球 [镜头切换 1.5s] 特写",
        "[cut 2s] In a medium shot in a desert, a red ball stands still. [cut 1.5s] In a close-up in a desert, the red ball stands still."
      ),
      (
        "水墨 || 雪地里的红球。镜头切换，它跳起来",
        "Ink wash style. In a medium shot in the snow, a red ball stands still. [cut] In a medium shot in the snow, the red ball jumps."
      ),
    ])
  func sentences(prompt: String, caption: String) throws {
    #expect(try rewriter.rewrite(prompt).prompt == caption)
  }

  @Test func whatItDoesNotKnowStays() throws {
    let dragon = try rewriter.rewrite("a red dragon over the meadow")
    #expect(dragon.prompt == "a red dragon over the meadow")
    #expect(dragon.leftAlone == ["dragon"])
    let hat = try rewriter.rewrite("a red ball wearing a hat bounces in a meadow")
    #expect(hat.prompt == "In a medium shot in a green meadow, a red ball bounces, wearing, hat.")
    #expect(hat.leftAlone == ["wearing", "hat"])
    // The text encoder reads no Chinese: what is unknown there would be noise in a caption.
    let sun = try rewriter.rewrite("烈日下的沙漠里，红球滚走，向右")
    #expect(sun.prompt == "In a medium shot in a desert, a red ball rolls to the right.")
    #expect(sun.leftAlone.isEmpty && sun.leftOut == ["烈日"])
    let three = try rewriter.rewrite("a red ball in the snow, not in a meadow, spins, jumps, grows")
    #expect(three.prompt == "In a medium shot in the snow, a red ball spins, then jumps.")
    #expect(three.leftOut == ["in a meadow", "grows"])
  }

  @Test func unknownWordsMayBeNearKnownOnes() throws {
    let rewriting = try rewriter.rewrite("a red planet in the tundra") { word in
      ["planet": Meaning(.shape, "ball"), "tundra": Meaning(.scene, "snow")][word]
    }
    #expect(rewriting.prompt == "In a medium shot in the snow, a red ball stands still.")
    #expect(
      rewriting.guesses == [
        .init(word: "planet", meaning: "ball"), .init(word: "tundra", meaning: "in the snow"),
      ])
    // Nothing came of it.
    let other = try rewriter.rewrite("a dragon in the tundra") {
      $0 == "tundra" ? Meaning(.scene, "snow") : nil
    }
    #expect(other.guesses.isEmpty && other.prompt == "a dragon in the tundra")
  }

  @Test func fixedCamera() throws {
    #expect(
      try rewriter.rewrite("red ball, camera pans left [cut] a kite", isCameraFixed: true).prompt
        == "Medium shot of a red ball standing still while the camera stays still"
        + " [cut] a kite, the camera stays still")
    let fixed = try rewriter.fixingCamera("A kite. [cut 2s] a boat")
    #expect(fixed == "A kite, the camera stays still. [cut 2s] a boat, the camera stays still")
    #expect(try rewriter.fixingCamera(fixed) == fixed)
  }

  @Test func promptsOfNothingAreRefused() {
    #expect(throws: TextError.emptyPrompt) { try rewriter.rewrite(" \n") }
    #expect(throws: TextError.emptyShot(2)) { try rewriter.rewrite("a ball [cut] ") }
  }

  /// Any text at all is read without a fault, and every shot of it keeps a text.
  @Test func anyTextIsRead() throws {
    let random = Philox(seed: 5)
    let alphabet = Array("ball red 红球 滚 不 然后 ,.。— camera's 2 after before 之前 two [x] 🎈 é\u{301}")
    for round in 0..<300 as Range<UInt64> {
      let count = 1 + UInt64(random.block(round * 64).x % 40)
      let text = String(
        (1...count).map { alphabet[Int(random.block(round * 64 + $0).x) % alphabet.count] })
      guard let rewriting = try? rewriter.rewrite(text) else { continue }
      #expect(throws: Never.self) { try ShotPrompt(parsing: rewriting.prompt) }
    }
  }

  // MARK: similarity

  @Test(arguments: [
    ("shoreline", "scene:beach"), ("colossal", "size:large"), ("reflective", "material:shiny"),
    ("turf", "scene:meadow"), ("dragon", nil), ("noir", nil), ("silver", nil), ("kitten", nil),
  ])
  func nearestWords(word: String, meaning: String?) throws {
    let (nearest, encoder) = try Self.similar.get()
    let compute = try Compute(threads: 1, arenaByteCount: 64 << 20)
    _ = encoder
    #expect(nearest(word, compute)?.description == meaning)
  }

  private static let similar = Result {
    let encoder = try PromptEncoder(ModelDirectory(opening: Fixtures.model))
    let compute = try Compute(threads: 1, arenaByteCount: 64 << 20)
    return (try NearestWord(bundled.get().vocabulary, encoder: encoder, compute), encoder)
  }
}
