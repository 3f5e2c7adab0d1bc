import Testing

@testable import Video

@Suite struct ContactSheetTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// A frame of a colour that says its number.
  private func frame(_ index: Int, _ size: PictureSize) -> Picture {
    Picture(width: size.width, height: size.height, filledWith: (200, UInt8(index % 256), 31))
  }

  /// The numbers of the frames that a sheet shows, from the upper left to the lower right.
  private func shown(_ sheet: Picture) -> [Int] {
    var rows: [[Int]] = []
    for y in 0..<sheet.height {
      var row: [Int] = []
      for x in 0..<sheet.width {
        let color = sheet[x: x, y: y]
        let isFrame = color.red == 200 && color.blue == 31
        let begins = x == 0 || sheet[x: x - 1, y: y] != color
        if isFrame && begins { row.append(Int(color.green)) }
      }
      if !row.isEmpty && rows.last != row { rows.append(row) }
    }
    return rows.flatMap(\.self)
  }

  private func sheet(_ count: Int, _ size: PictureSize, title: String = "seed 7: a ball") -> Picture
  {
    var sheet = ContactSheet(title: title, frameCount: count, size: size, framesPerSecond: 24)
    for index in 0..<count { sheet.append(frame(index, size)) }
    return sheet.picture
  }

  @Test(arguments: [(128, 128), (176, 96), (96, 176), (32, 32), (192, 80)])
  func aSecondIsShownWhole(width: Int, height: Int) {
    let sheet = sheet(25, PictureSize(width: width, height: height))
    #expect(shown(sheet) == Array(0..<25))
    #expect(sheet.width < 3 * sheet.height && sheet.height < 3 * sheet.width)
  }

  @Test(arguments: [1, 2, 5, 13, 24])
  func shortClipsAreShownWhole(count: Int) {
    #expect(shown(sheet(count, PictureSize(width: 64, height: 48))) == Array(0..<count))
  }

  /// 241 frames: every tenth.
  @Test func longClipsAreShownInEvenSteps() {
    let numbers = shown(sheet(241, PictureSize(width: 64, height: 48)))
    #expect(numbers == Array(stride(from: 0, through: 240, by: 10)))
    let others = shown(sheet(100, PictureSize(width: 64, height: 48)))
    #expect(others.count == 25 && others.first == 0 && others.last == 99)
    #expect(zip(others, others.dropFirst()).allSatisfy { (4...5).contains($1 - $0) })
  }

  @Test func largeFramesAreMadeSmaller() {
    let sheet = sheet(5, PictureSize(width: 1920, height: 1088), title: "")
    #expect(shown(sheet) == Array(0..<5))
    #expect(sheet.width < 1400)
  }

  @Test func meansOfPixels() {
    var picture = Picture(width: 5, height: 2)
    picture[x: 0, y: 0] = (4, 0, 255)
    picture[x: 1, y: 0] = (8, 0, 255)
    picture[x: 1, y: 1] = (0, 1, 255)
    let small = picture.reduced(by: 2)
    #expect(small.size == PictureSize(width: 2, height: 1))
    #expect(small[x: 0, y: 0] == (3, 0, 191) && small[x: 1, y: 0] == (0, 0, 0))
  }

  @Test func theWriterWritesOnePicture() throws {
    let size = PictureSize(width: 64, height: 48)
    let writer = try ContactSheetWriter(
      directory("sheet.png"), title: "t", frameCount: 5, size: size)
    for index in 0..<5 { try writer.append(frame(index, size)) }
    #expect(directory.names.allSatisfy { $0.hasPrefix(".flipbook-") })
    try writer.finish()
    #expect(directory.names == ["sheet.png"])
    #expect(try PictureReader.read(directory("sheet.png")) == sheet(5, size, title: "t"))
  }

  @Test func unfinishedSheetsLeaveNothing() throws {
    let size = PictureSize(width: 64, height: 48)
    let path = directory("sheet.png")
    do {
      let writer = try ContactSheetWriter(path, title: "", frameCount: 5, size: size)
      try writer.append(frame(0, size))
    }
    let empty = try ContactSheetWriter(path, title: "", frameCount: 5, size: size)
    #expect(failure { try empty.finish() } == .noFrames(path: path))
    let other = try ContactSheetWriter(path, title: "", frameCount: 5, size: size)
    let wrong = PictureSize(width: 32, height: 48)
    #expect(
      failure { try other.append(frame(0, wrong)) }
        == .sizeChanged(path: path, expected: size, found: wrong))
    #expect(directory.names == [])
  }

  @Test(arguments: [2, 3, 4, 5, 6])
  func clipsStandSideBySide(count: Int) {
    let part = PictureSize(width: 32, height: 48)
    let layout = SideBySide(labels: (0..<count).map { "label \($0)" }, part: part)
    #expect(layout.size.width % 2 == 0 && layout.size.height % 2 == 0)
    let picture = layout.picture((0..<count).map { frame($0, part) })
    #expect(picture.size == layout.size)
    #expect(shown(picture) == Array(0..<count))
    let frames = picture.pixels.indices.count { picture.pixels[$0] == 200 && $0 % 3 == 0 }
    #expect(frames == count * part.pixelCount)
  }
}
