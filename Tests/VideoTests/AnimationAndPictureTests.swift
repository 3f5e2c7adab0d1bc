import Files
import Foundation
import Testing
import Video

@Suite struct AnimationAndPictureTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// The delays of a GIF's frames in hundredths of a second, out of its graphic control extensions,
  /// and how often it is played (0: for ever), out of the NETSCAPE2.0 extension.
  func timing(_ bytes: [UInt8]) -> (delays: [Int], loops: Int?) {
    var delays: [Int] = []
    var loops: Int?
    let mark = Array("NETSCAPE2.0".utf8)
    for offset in 0..<bytes.count - 19 {
      if bytes[offset] == 0x21, bytes[offset + 1] == 0xf9, bytes[offset + 2] == 4,
        bytes[offset + 7] == 0, bytes[offset + 8] == 0x2c
      {
        delays.append(Int(bytes[offset + 4]) | Int(bytes[offset + 5]) << 8)
      }
      if Array(bytes[offset..<offset + mark.count]) == mark {
        loops = Int(bytes[offset + 13]) | Int(bytes[offset + 14]) << 8
      }
    }
    return (delays, loops)
  }

  @Test func anAnimationKeepsItsLengthAndPlaysForEver() throws {
    let path = directory("out.gif")
    let writer = try GIFWriter(path, size: PictureSize(width: 64, height: 48))
    for index in 0..<24 { try writer.append(movingPicture(index)) }
    try writer.finish()
    let (delays, loops) = timing(try bytes(path))
    #expect(delays.count == 24)
    #expect(delays.allSatisfy { $0 == 4 || $0 == 5 }, "\(delays)")
    #expect(delays.reduce(0, +) == 100)
    #expect(loops == 0)
    #expect(try VideoReader(path).facts.codec == "gif")
    #expect(try frames(path).count == 24)
    #expect(directory.names == ["out.gif"])
  }

  @Test(arguments: [1, 254, 255, 256, 1000]) func animationsCarryAComment(length: Int) throws {
    let path = directory("out.gif")
    let comment = String((0..<length).map { Character(UnicodeScalar(UInt8(33 + $0 % 90))) })
    let writer = try GIFWriter(path, size: PictureSize(width: 64, height: 48), comment: comment)
    for index in 0..<3 { try writer.append(movingPicture(index)) }
    try writer.finish()
    #expect(try VideoReader(path).facts.comment == comment)
    #expect(try frames(path).count == 3)
    #expect(try bytes(path).last == 0x3b)
  }

  @Test func animationsKeepColours() throws {
    let path = directory("out.gif")
    let writer = try GIFWriter(path, size: PictureSize(width: 96, height: 72))
    // Each frame has colours of its own, so that the palette must change.
    try writer.append(patches())
    try writer.append(Picture(width: 96, height: 72, filledWith: (13, 77, 201)))
    try writer.append(patches())
    try writer.finish()
    let pictures = try frames(path)
    try #require(pictures.count == 3)
    #expect(pictures[0] == patches())
    #expect(pictures[1] == Picture(width: 96, height: 72, filledWith: (13, 77, 201)))
    #expect(pictures[2] == patches())
  }

  @Test func gradientsStayClose() throws {
    let path = directory("out.gif")
    let writer = try GIFWriter(path, size: PictureSize(width: 128, height: 96))
    let picture = movingPicture(3, width: 128, height: 96)
    try writer.append(picture)
    try writer.finish()
    let found = try #require(try frames(path).first)
    let error = zip(found.pixels, picture.pixels).reduce(0) {
      $0 + (Int($1.0) - Int($1.1)) * (Int($1.0) - Int($1.1))
    }
    #expect(Double(error) / Double(picture.pixels.count) < 20)
  }

  @Test func equalFramesGiveEqualBytes() throws {
    for name in ["a", "b"] {
      let gif = try GIFWriter(directory(name + ".gif"), size: PictureSize(width: 64, height: 48))
      for index in 0..<5 { try gif.append(movingPicture(index)) }
      try gif.finish()
      try PNGWriter.write(movingPicture(7), to: directory(name + ".png"))
    }
    #expect(try bytes(directory("a.gif")) == bytes(directory("b.gif")))
    #expect(try bytes(directory("a.png")) == bytes(directory("b.png")))
  }

  @Test(arguments: [(64, 48), (1, 1), (7, 3)])
  func picturesAreLossless(width: Int, height: Int) throws {
    let picture = movingPicture(5, width: width, height: height)
    try PNGWriter.write(picture, to: directory("out.png"))
    #expect(try PictureReader.read(directory("out.png")) == picture)
    #expect(directory.names == ["out.png"])
  }

  @Test func aFolderHoldsNumberedPictures() throws {
    for name in ["new", "new with slash/", "there/"] {
      if name == "there/" { try #require(mkdir(directory("there"), 0o755) == 0) }
      let sink = try OutputFormat.open(directory(name), size: PictureSize(width: 64, height: 48))
      for index in 0..<3 { try sink.append(movingPicture(index)) }
      #expect(!directory.names.contains("new") || name != "new")
      try sink.finish()
      #expect(
        try directoryEntries(directory(name)) == ["00000.png", "00001.png", "00002.png"])
      for index in 0..<3 {
        let path = directory(name) + "/" + PNGSequenceWriter.fileName(index)
        #expect(try PictureReader.read(path) == movingPicture(index))
      }
    }
    #expect(directory.names == ["new", "new with slash", "there"])
  }
}
