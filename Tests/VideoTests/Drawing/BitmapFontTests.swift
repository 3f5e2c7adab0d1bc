import Testing

@testable import Video

@Suite struct BitmapFontTests {
  /// Each printable character has a shape, and no two have the same.
  @Test func shapesDiffer() {
    var seen: [[UInt8]: Character] = [:]
    for code in UInt8(33)...126 {
      let character = Character(Unicode.Scalar(code))
      let rows = BitmapFont.rows(of: character)
      #expect(rows.count == BitmapFont.height && rows.contains { $0 != 0 })
      #expect(rows.allSatisfy { $0 < 32 })
      #expect(seen.updateValue(character, forKey: rows) == nil, "\(character)")
    }
    #expect(BitmapFont.rows(of: " ").allSatisfy { $0 == 0 })
  }

  /// What the font does not have is a box, and nothing that it has is one.
  @Test func theRestIsABox() {
    let box = BitmapFont.rows(of: "球")
    for character: Character in ["é", "🎈", "\u{7f}", "\n", "ß"] {
      #expect(BitmapFont.rows(of: character) == box)
    }
    #expect(
      !(UInt8(32)...126).contains { BitmapFont.rows(of: Character(Unicode.Scalar($0))) == box })
  }

  @Test func theLetterL() {
    #expect(BitmapFont.rows(of: "L") == [16, 16, 16, 16, 16, 16, 31, 0, 0])
    var picture = Picture(width: 14, height: 20)
    picture.draw("L", x: 2, y: 1, scale: 2, (9, 8, 7))
    for y in 0..<20 {
      for x in 0..<14 {
        let isStem = (2..<4).contains(x) && (1..<15).contains(y)
        let isFoot = (2..<12).contains(x) && (13..<15).contains(y)
        #expect(picture[x: x, y: y] == (isStem || isFoot ? (9, 8, 7) : (0, 0, 0)))
      }
    }
  }

  @Test func whatLiesOutsideIsLeftOut() {
    var picture = Picture(width: 4, height: 4)
    picture.draw("MMMM", x: -7, y: -3, scale: 3, (255, 255, 255))
    picture.draw("M", x: 40, y: 40, scale: 1, (255, 255, 255))
    picture.fill(PictureRectangle(x: -9, y: -9, width: 2, height: 2), (1, 1, 1))
    picture.fill(PictureRectangle(x: 9, y: 9, width: 2, height: 2), (1, 1, 1))
    #expect(picture.pixels.count == 48)
  }

  @Test func opacityMixes() {
    var picture = Picture(width: 1, height: 1, filledWith: (100, 0, 255))
    let whole = PictureRectangle(x: 0, y: 0, width: 1, height: 1)
    picture.fill(whole, (200, 255, 0), opacity: 0)
    #expect(picture[x: 0, y: 0] == (100, 0, 255))
    picture.fill(whole, (200, 255, 0), opacity: 51)
    #expect(picture[x: 0, y: 0] == (120, 51, 204))
    picture.fill(whole, (200, 255, 0))
    #expect(picture[x: 0, y: 0] == (200, 255, 0))
  }

  @Test(arguments: [
    ("a red ball bounces", 8, 9, ["a red", "ball", "bounces"]), ("", 5, 2, []),
    ("abcdefgh ij", 3, 9, ["abc", "def", "gh", "ij"]), ("a b c d e", 3, 2, ["a b", "..."]),
    ("  two\n lines ", 20, 1, ["two lines"]), ("abcdef", 2, 1, [".."]),
    ("seed 7: a ball", 10, 1, ["seed 7:..."]),
  ])
  func textIsBroken(text: String, length: Int, limit: Int, lines: [String]) {
    #expect(TextLines.broken(text, length: length, limit: limit) == lines)
  }
}
