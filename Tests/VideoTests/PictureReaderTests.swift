import Files
import Foundation
import Testing
import Video

/// The picture that all fixtures show: 48x32, four flat quarters.
private let quarters: [(red: UInt8, green: UInt8, blue: UInt8)] = [
  (220, 40, 30), (40, 180, 60), (30, 60, 210), (128, 128, 128),
]

/// The largest difference of each quarter from its colour, `margin` pixels off the border.
private func quarterDifferences(
  _ picture: Picture, margin: Int = 4,
  from colors: [(red: UInt8, green: UInt8, blue: UInt8)] = quarters
) -> [Int] {
  (0..<4).map { index in
    let (x, y) = (index % 2 * 24, index / 2 * 16)
    return difference(
      picture, from: colors[index], x: x + margin..<x + 24 - margin,
      y: y + margin..<y + 16 - margin)
  }
}

@Suite struct PictureReaderTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test(arguments: ["rgb.png", "palette.png", "lossless.webp"])
  func losslessPictures(name: String) throws {
    let picture = try PictureReader.read(fixture(name))
    #expect(picture.size == PictureSize(width: 48, height: 32))
    #expect(quarterDifferences(picture, margin: 0) == [0, 0, 0, 0])
  }

  @Test(arguments: ["full-chroma.jpg", "progressive.jpg", "lossy.webp", "cmyk.jpg"])
  func lossyPictures(name: String) throws {
    let picture = try PictureReader.read(fixture(name))
    #expect(picture.size == PictureSize(width: 48, height: 32))
    // The quantisation of JPEG at quality 95 and of WebP's limited range.
    let differences = quarterDifferences(picture)
    #expect(differences.allSatisfy { $0 <= 4 }, "\(differences)")
  }

  @Test(arguments: ["grey.png", "grey16.png", "grey.jpg"])
  func greyPictures(name: String) throws {
    // Pillow's luma (BT.601) of the quarters, rounded.
    let greys: [(red: UInt8, green: UInt8, blue: UInt8)] = [92, 124, 68, 128].map {
      ($0, $0, $0)
    }
    let differences = quarterDifferences(try PictureReader.read(fixture(name)), from: greys)
    #expect(differences.allSatisfy { $0 <= 2 }, "\(differences)")
  }

  @Test(arguments: ["alpha.png", "alpha.webp"])
  func transparentPartsLieOverWhite(name: String) throws {
    var expected = quarters
    expected[0] = (255, 255, 255)
    expected[1] = (255, 255, 255)
    let differences = quarterDifferences(
      try PictureReader.read(fixture(name)), margin: 0, from: expected)
    #expect(differences == [0, 0, 0, 0])
    #expect(try PictureReader.readTellingTransparency(fixture(name)).isTransparent)
    #expect(try !PictureReader.readTellingTransparency(fixture("rgb.png")).isTransparent)
  }

  @Test(arguments: 1...8) func camerasMayHoldThePictureAnyWay(orientation: Int) throws {
    let picture = try PictureReader.read(fixture("orientation-\(orientation).jpg"))
    #expect(picture.size == PictureSize(width: 48, height: 32))
    let differences = quarterDifferences(picture)
    #expect(differences.allSatisfy { $0 <= 4 }, "\(differences)")
  }

  @Test func aHugePictureIsRefusedBeforeItTakesMemory() {
    let path = fixture("huge.png")
    #expect(
      failure { _ = try PictureReader.read(path) }
        == .tooLarge(
          path: path, size: PictureSize(width: 60_000, height: 60_000),
          limit: PictureReader.maximumPixelCount))
  }

  @Test func otherFilesAreNamed() throws {
    for (contents, words) in [
      ("", "empty"), ("<!DOCTYPE html><html>", "a web page"), ("hello", "unknown kind"),
      ("version https://git-lfs.github.com/spec/v1", "git-lfs pointer"),
    ] {
      let path = directory("file.png")
      try AtomicFile.write(Array(contents.utf8), to: path)
      for error in [
        failure { _ = try PictureReader.read(path) }, failure { _ = try VideoReader(path) },
      ] {
        guard case .wrongFormat(path, _, let found) = error else {
          Issue.record("\(contents): \(String(describing: error))")
          continue
        }
        #expect(found.contains(words))
      }
    }
    guard case .wrongFormat = failure({ _ = try PictureReader.read(fixture("turned.mp4")) }),
      case .wrongFormat = failure({ _ = try VideoReader(fixture("rgb.png")) }),
      case .file(let missing) = failure({ _ = try PictureReader.read(directory("none.png")) }),
      case .file(.isDirectory) = failure({ _ = try PictureReader.read(directory.path) })
    else {
      Issue.record("accepted, or refused for another reason")
      return
    }
    #expect(missing.isMissing)
  }

  /// Every file cut short anywhere, and with one byte changed: an error or a picture, never a crash.
  @Test(arguments: [
    "rgb.png", "palette.png", "full-chroma.jpg", "progressive.jpg", "lossy.webp", "lossless.webp",
    "alpha.webp",
  ])
  func damagedPictures(name: String) throws {
    let whole = try bytes(fixture(name))
    let path = directory(name)
    var accepted = 0
    for length in stride(from: 0, to: whole.count - 12, by: 3) {
      try bytesToFile(Array(whole[..<length]), path)
      if failure({ _ = try PictureReader.read(path) }) == nil { accepted += 1 }
    }
    #expect(accepted == 0, "\(accepted) of \(whole.count / 3) cut files were read")
    for position in stride(from: 0, to: whole.count, by: 3) {
      var changed = whole
      changed[position] ^= 0x55
      try bytesToFile(changed, path)
      _ = failure { _ = try PictureReader.read(path) }
    }
  }

  @Test func damagedVideos() throws {
    let whole = try bytes(fixture("bt601-full.mp4"))
    let path = directory("video.mp4")
    for position in stride(from: 0, to: whole.count, by: 7) {
      var changed = whole
      changed[position] ^= 0x55
      try bytesToFile(changed, path)
      _ = failure { _ = try frames(path) }
      try bytesToFile(Array(whole[..<position]), path)
      // Where a cut falls between two boxes, libav has to notice that one is not there.
      #expect(failure { _ = try frames(path) } != nil, "cut to \(position) bytes")
    }
  }

  /// Without the flush to the disk that an `AtomicFile` has.
  func bytesToFile(_ bytes: [UInt8], _ path: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }
}

@Suite struct VideoReaderTests {
  @Test(arguments: ["bt601-full.mp4", "turned.mp4", "ten-bit.mkv"])
  func coloursFollowTheTags(name: String) throws {
    let reader = try VideoReader(fixture(name))
    #expect(reader.facts.size == PictureSize(width: 48, height: 32))
    #expect(reader.facts.frameRate == (24, 1))
    #expect(reader.facts.comment == nil)
    var count = 0
    while let picture = try reader.next() {
      #expect(picture.size == PictureSize(width: 48, height: 32))
      let differences = quarterDifferences(picture)
      #expect(differences.allSatisfy { $0 <= 4 }, "\(differences)")
      count += 1
    }
    #expect(count == 6)
    #expect(try reader.next() == nil)
  }

  @Test func tagsAreReported() throws {
    let facts = try VideoReader(fixture("bt601-full.mp4")).facts
    #expect(facts.colorMatrix == "smpte170m")
    #expect(facts.colorRange == "pc")
    #expect(facts.frameCount == 6)
    #expect(try VideoReader(fixture("ten-bit.mkv")).facts.pixelFormat == "yuv444p10le")
  }

  @Test func theLibraryTellsItsVersions() {
    #expect(
      VideoLibrary.versions.map(\.name)
        == ["libavcodec", "libavformat", "libavutil", "libswscale"])
    #expect(VideoLibrary.versions.allSatisfy { $0.version.split(separator: ".").count == 3 })
    #expect(VideoLibrary.hasEncoder(VideoLibrary.videoEncoder))
    #expect(!VideoLibrary.hasEncoder("no such encoder"))
    #expect(VideoError.encoderMissing(name: "libx264").description.contains("apt install"))
  }
}
