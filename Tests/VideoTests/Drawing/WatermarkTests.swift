import Testing

@testable import Video

@Suite struct WatermarkTests {
  private static let sizes = [
    (32, 32), (64, 64), (96, 176), (112, 144), (128, 128), (176, 96), (192, 80), (80, 192),
    (864, 480), (1920, 1088), (1088, 1920), (2176, 32), (32, 2176),
  ]

  /// On and off differ only inside of the mark, and there the mark can be told from any ground.
  @Test(arguments: sizes)
  func nothingOutsideChanges(width: Int, height: Int) {
    let mark = Watermark(size: PictureSize(width: width, height: height))
    let place = mark.rectangle
    #expect(place.x >= 0 && place.y >= 0)
    #expect(place.x + place.width <= width && place.y + place.height <= height)
    #expect([place.x, place.y, place.width, place.height].allSatisfy { $0 % 2 == 0 })
    for grey: UInt8 in [0, 255] {
      let original = Picture(width: width, height: height, filledWith: (grey, grey, grey))
      var marked = original
      mark.draw(on: &marked)
      var levels: Set<UInt8> = []
      var isSameOutside = true
      for y in 0..<height {
        for x in 0..<width {
          if place.contains(x: x, y: y) {
            levels.insert(marked[x: x, y: y].green)
          } else if marked[x: x, y: y] != original[x: x, y: y] {
            isSameOutside = false
          }
        }
      }
      #expect(isSameOutside)
      // Letters and ground: two levels, far enough apart to be read.
      #expect(levels.count == 2)
      #expect(Int(levels.max() ?? 0) - Int(levels.min() ?? 0) >= 80, "\(levels)")
    }
  }

  /// What lies under the mark can still be seen.
  @Test func theMarkIsTransparent() {
    let mark = Watermark(size: PictureSize(width: 128, height: 128))
    var (dark, light) = (
      Picture(width: 128, height: 128, filledWith: (0, 0, 0)),
      Picture(width: 128, height: 128, filledWith: (255, 255, 255))
    )
    mark.draw(on: &dark)
    mark.draw(on: &light)
    var least = Int.max
    for y in mark.rectangle.y..<mark.rectangle.y + mark.rectangle.height {
      for x in mark.rectangle.x..<mark.rectangle.x + mark.rectangle.width {
        least = min(least, Int(light[x: x, y: y].red) - Int(dark[x: x, y: y].red))
      }
    }
    #expect(least >= 40)
  }

  /// It grows with the picture and never takes more than a seventh of it.
  @Test(arguments: sizes.filter { $0.0 >= 96 && $0.1 >= 80 })
  func theMarkIsSmall(width: Int, height: Int) {
    let place = Watermark(size: PictureSize(width: width, height: height)).rectangle
    #expect(place.width * place.height * 7 <= width * height)
    #expect(place.height * 50 >= min(width, height))
  }
}
