import Testing
import Video

@Suite struct PictureScalingTests {
  @Test func theMiddleIsKept() {
    let wide = PictureFit(
      PictureSize(width: 400, height: 100), to: PictureSize(width: 128, height: 128))
    #expect(wide.kept == PictureSize(width: 100, height: 100) && wide.lostShare == 0.75)
    let high = PictureFit(
      PictureSize(width: 100, height: 400), to: PictureSize(width: 128, height: 64))
    #expect(high.kept == PictureSize(width: 100, height: 50))
    let same = PictureFit(
      PictureSize(width: 352, height: 192), to: PictureSize(width: 176, height: 96))
    #expect(same.kept == same.source && same.lostShare == 0)
  }

  /// Three vertical bands, of which the outer ones are cut off.
  @Test func whatIsCutOffLeavesNoTrace() throws {
    var picture = Picture(width: 300, height: 100)
    for y in 0..<100 {
      for x in 0..<300 {
        picture[x: x, y: y] = [(255, 0, 0), (20, 200, 90), (0, 0, 255)][x / 100]
      }
    }
    for side in [50, 100, 240] {
      let fitted = try picture.fitted(to: PictureSize(width: side, height: side))
      #expect(
        difference(fitted, from: (20, 200, 90), x: 0..<side, y: 0..<side) <= 1, "\(side)")
    }
  }

  @Test func theSameSizeIsTheSamePicture() throws {
    let picture = movingPicture(3)
    #expect(try picture.fitted(to: picture.size) == picture)
  }

  /// Shrinking to a half takes means of four pixels, each colour by itself.
  @Test func shrinkingTakesMeans() throws {
    let picture = movingPicture(5, width: 64, height: 48)
    let half = try picture.fitted(to: PictureSize(width: 32, height: 24))
    var worst = 0
    for y in 0..<24 {
      for x in 0..<32 {
        var sums = (0, 0, 0)
        for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
          let color = picture[x: 2 * x + dx, y: 2 * y + dy]
          sums = (sums.0 + Int(color.red), sums.1 + Int(color.green), sums.2 + Int(color.blue))
        }
        let found = half[x: x, y: y]
        worst = max(
          worst, abs(sums.0 / 4 - Int(found.red)), abs(sums.1 / 4 - Int(found.green)),
          abs(sums.2 / 4 - Int(found.blue)))
      }
    }
    #expect(worst <= 1)
  }

  @Test func growingKeepsGradients() throws {
    var picture = Picture(width: 32, height: 32)
    for y in 0..<32 {
      for x in 0..<32 { picture[x: x, y: y] = (UInt8(x * 7), UInt8(y * 7), 100) }
    }
    let large = try picture.fitted(to: PictureSize(width: 96, height: 96))
    for y in 12..<84 {
      for x in 12..<84 {
        let exact = ((Double(x) + 0.5) / 3 - 0.5) * 7
        #expect(abs(Double(large[x: x, y: y].red) - exact) < 2)
      }
    }
  }
}

@Suite struct VideoFramesTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// A video whose frame `i` is a grey of 10·i.
  private func video(_ count: Int, framesPerSecond: Int) throws -> String {
    let path = directory("\(count)-\(framesPerSecond).mp4")
    let writer = try MP4Writer(
      path, size: PictureSize(width: 32, height: 32), framesPerSecond: framesPerSecond)
    for index in 0..<count {
      let level = UInt8(10 * index)
      try writer.append(
        Picture(width: 32, height: 32, filledWith: (level, level, level)))
    }
    try writer.finish()
    return path
  }

  private func number(_ picture: Picture) -> Int {
    Int((Double(picture[x: 16, y: 16].green) / 10).rounded())
  }

  private func all(_ path: String) throws -> [Int] {
    let frames = try VideoFrames(path, framesPerSecond: 24)
    var numbers: [Int] = []
    while let picture = try frames.next() { numbers.append(number(picture)) }
    return numbers
  }

  @Test func framesAtTheSameRateAreTheFrames() throws {
    #expect(try all(video(9, framesPerSecond: 24)) == Array(0..<9))
  }

  @Test func otherRatesKeepTheSpeed() throws {
    #expect(try all(video(5, framesPerSecond: 12)) == [0, 1, 1, 2, 2, 3, 3, 4, 4].map { $0 })
    #expect(try all(video(9, framesPerSecond: 48)) == [0, 2, 4, 6, 8])
  }

  @Test func theEndOfAVideo() throws {
    let path = try video(20, framesPerSecond: 24)
    let (pictures, total) = try VideoFrames.tail(of: path, count: 9, framesPerSecond: 24)
    #expect(pictures.map(number) == Array(11..<20) && total == 20)
    let (short, count) = try VideoFrames.tail(
      of: video(3, framesPerSecond: 24), count: 9, framesPerSecond: 24)
    #expect(short.map(number) == [0, 1, 2] && count == 3)
    let (fast, frames) = try VideoFrames.tail(
      of: video(20, framesPerSecond: 48), count: 4, framesPerSecond: 24)
    #expect(fast.map(number) == [13, 15, 17, 19] && frames == 10)
  }

  @Test func singleFrames() throws {
    let path = try video(7, framesPerSecond: 24)
    for (index, expected) in [(0, 0), (6, 6), (-1, 6), (-7, 0)] {
      #expect(try VideoFrames.frame(index, of: path).picture.map(number) == expected)
    }
    for index in [7, -8, 1000] {
      let (picture, count) = try VideoFrames.frame(index, of: path)
      #expect(picture == nil && count == 7)
    }
  }

  @Test func commentsOfPictures() throws {
    let path = directory("x.png")
    let comment = "{\"prompt\": \"a red ball – ein Ball\"}"
    let writer = try PNGWriter(path, size: PictureSize(width: 64, height: 48), comment: comment)
    try writer.append(movingPicture(1))
    try writer.finish()
    #expect(try PictureReader.read(path) == movingPicture(1))
    let found = try #require(try PNGComment.read(path))
    #expect(found.comment == comment && found.size == PictureSize(width: 64, height: 48))
    #expect(try PNGComment.read(fixture("rgb.png"))?.comment == nil)
    #expect(try PNGComment.read(fixture("grey.jpg")) == nil)
    #expect(try PNGComment.read(fixture("huge.png"))?.comment == nil)
  }
}
