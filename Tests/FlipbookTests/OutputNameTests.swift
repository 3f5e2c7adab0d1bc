import Flipbook
import Testing

@Suite struct OutputNameTests {
  @Test(arguments: [
    ("A red ball bounces!", "a-red-ball-bounces"), ("", "video"), ("...", "video"),
    ("../../etc/passwd", "etc-passwd"), ("-rf *", "rf"), ("Ein Äpfel", "ein-äpfel"),
    ("红球 跳", "红球-跳"), ("a\0b\nc", "a-b-c"), ("emoji 🎈 ball", "emoji-ball"),
    ("'quoted' \"text\"", "quoted-text"),
  ])
  func slugs(prompt: String, slug: String) {
    #expect(OutputName.slug(prompt) == slug)
  }

  /// Whatever the prompt: no separator, no leading dash or dot, short enough for every file system.
  @Test func slugsAreSafe() {
    var state: UInt64 = 1
    for _ in 0..<200 {
      var prompt = ""
      for _ in 0..<120 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        if let scalar = Unicode.Scalar(UInt32(state >> 40) % 0x3000) {
          prompt.unicodeScalars.append(scalar)
        }
      }
      let slug = OutputName.slug(prompt)
      #expect(!slug.isEmpty && slug.utf8.count <= OutputName.slugLimit)
      #expect(!slug.contains("/") && !slug.contains("\0") && !slug.hasPrefix("-"))
      #expect(!slug.hasPrefix(".") && !slug.hasSuffix("-") && !slug.contains("--"))
    }
  }

  @Test func numbersStandBeforeTheExtension() {
    #expect(OutputName.numbered("a/out.mp4", index: 0, count: 1) == "a/out.mp4")
    #expect(OutputName.numbered("a/out.mp4", index: 0, count: 3) == "a/out-1.mp4")
    #expect(OutputName.numbered("out.gif", index: 9, count: 100) == "out-010.gif")
    #expect(OutputName.numbered("a.b/frames/", index: 1, count: 2) == "a.b/frames-2")
    #expect(OutputName.numbered(".hidden", index: 1, count: 2) == ".hidden-2")
  }
}
