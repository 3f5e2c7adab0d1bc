import Files
import Foundation
import Testing
import Video

@Suite struct MP4WriterTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// Several kilobytes of JSON with characters of one to four bytes.
  static let comment: String = {
    let line = #"{"prompt": "a \"red\" ball – ein Bäll, 赤いボール 🎈", "seed": 18446744073709551615}"#
    return "[" + Array(repeating: line, count: 60).joined(separator: ",\n") + "]"
  }()

  func write(
    _ path: String, frames count: Int, width: Int = 64, height: Int = 48, comment: String? = nil
  ) throws {
    let writer = try MP4Writer(
      path, size: PictureSize(width: width, height: height), comment: comment)
    for index in 0..<count {
      try writer.append(movingPicture(index, width: width, height: height))
    }
    try writer.finish()
  }

  @Test func libavFindsWhatWasWritten() throws {
    let path = directory("out.mp4")
    try write(path, frames: 49, width: 176, height: 96, comment: Self.comment)
    let facts = try VideoReader(path).facts
    #expect(facts.codec == "h264")
    #expect(facts.size == PictureSize(width: 176, height: 96))
    #expect(facts.frameRate == (24, 1))
    #expect(facts.frameCount == 49)
    #expect(try abs(#require(facts.duration) - 49 / 24) < 0.001)
    #expect(facts.pixelFormat == "yuv420p")
    #expect(facts.colorRange == "tv")
    #expect(facts.colorPrimaries == "bt709")
    #expect(facts.colorTransfer == "bt709")
    #expect(facts.colorMatrix == "bt709")
    #expect(Self.comment.utf8.count > 5000)
    #expect(facts.comment == Self.comment)
    #expect(try frames(path).count == 49)
    #expect(directory.names == ["out.mp4"])
  }

  @Test func ffprobeFindsWhatWasWritten() throws {
    let path = directory("out.mp4")
    try write(path, frames: 25, comment: Self.comment)
    guard let report = try ffprobe(path) else { return }
    let streams = try #require(report["streams"] as? [[String: Any]])
    try #require(streams.count == 1)
    func field(_ name: String) -> String? { streams[0][name] as? String }
    #expect(field("codec_name") == "h264")
    #expect(field("profile") == "High")
    #expect(field("r_frame_rate") == "24/1")
    #expect(field("avg_frame_rate") == "24/1")
    #expect(field("nb_frames") == "25")
    #expect(field("nb_read_frames") == "25")
    #expect(field("start_time") == "0.000000")
    #expect(field("duration") == "1.041667")
    #expect(field("pix_fmt") == "yuv420p")
    #expect(field("color_range") == "tv")
    #expect(field("color_space") == "bt709")
    #expect(field("color_transfer") == "bt709")
    #expect(field("color_primaries") == "bt709")
    #expect(field("chroma_location") == "left")
    let format = try #require(report["format"] as? [String: Any])
    let tags = try #require(format["tags"] as? [String: String])
    #expect(tags["comment"] == Self.comment)
  }

  /// The names of the boxes at the top of an mp4 (ISO/IEC 14496-12, section 4.2), in order.
  func boxes(_ bytes: [UInt8]) -> [String] {
    var names: [String] = []
    var offset = 0
    while offset + 8 <= bytes.count {
      let length = bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
      names.append(String(decoding: bytes[offset + 4..<offset + 8], as: UTF8.self))
      if length < 8 { break }
      offset += length
    }
    return names
  }

  @Test func theIndexStandsInFront() throws {
    let path = directory("out.mp4")
    try write(path, frames: 30)
    let names = boxes(try bytes(path))
    let index = try #require(names.firstIndex(of: "moov"))
    let data = try #require(names.firstIndex(of: "mdat"))
    #expect(names.first == "ftyp")
    #expect(index < data)
  }

  @Test func equalFramesGiveEqualBytes() throws {
    try write(directory("a.mp4"), frames: 40, comment: "{}")
    try write(directory("b.mp4"), frames: 40, comment: "{}")
    #expect(try bytes(directory("a.mp4")) == bytes(directory("b.mp4")))
  }

  @Test func twelveColoursSurvive() throws {
    let path = directory("out.mp4")
    let writer = try MP4Writer(path, size: PictureSize(width: 96, height: 72))
    for _ in 0..<9 { try writer.append(patches()) }
    try writer.finish()
    let pictures = try frames(path)
    try #require(pictures.count == 9)
    for picture in pictures {
      // Half resolution of the colours, read back by interpolation, reaches two pixels over a
      // border; the transform's ringing a little further.
      let differences = patchDifferences(picture, margin: 4)
      #expect(differences.allSatisfy { $0 <= 3 }, "\(differences)")
    }
  }

  @Test func motionSurvives() throws {
    let path = directory("out.mp4")
    try write(path, frames: 20)
    for (index, picture) in try frames(path).enumerated() {
      let original = movingPicture(index)
      var error = 0
      for (a, b) in zip(picture.pixels, original.pixels) {
        error += (Int(a) - Int(b)) * (Int(a) - Int(b))
      }
      let meanSquare = Double(error) / Double(original.pixels.count)
      // 30 dB; colours at half resolution around the square's border cost most of it.
      #expect(meanSquare < 65, "frame \(index): \(meanSquare)")
    }
  }

  @Test func oneFrameIsAVideo() throws {
    let path = directory("one.mp4")
    try write(path, frames: 1, width: 2, height: 2)
    #expect(try VideoReader(path).facts.frameCount == 1)
    #expect(try frames(path).count == 1)
    #expect(try VideoReader(path).facts.frameRate == (24, 1))
  }

  /// In a process of its own: beside other tests the peak would be theirs.
  @Test func memoryDoesNotGrowWithTheLength() async {
    await #expect(processExitsWith: .success) {
      func peak() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM") })
        return try #require(Int(line.filter(\.isNumber)))
      }
      let directory = try TemporaryDirectory()
      let path = directory("long.mp4")
      let pictures = (0..<8).map { movingPicture($0, width: 96, height: 80) }
      let writer = try MP4Writer(path, size: PictureSize(width: 96, height: 80))
      for index in 0..<200 { try writer.append(pictures[index % 8]) }
      let early = try peak()
      for index in 200..<1000 { try writer.append(pictures[index % 8]) }
      try writer.finish()
      // 800 frames have 18 MB of pixels.
      try #require(try peak() - early < 8_000)
      try #require(try VideoReader(path).facts.frameCount == 1000)
    }
  }

  @Test(arguments: [
    "a name with spaces.mp4", "quotes ' \" `.mp4", "Bälle 赤 🎈.mp4", "-o.mp4", "http:x.mp4",
    "concat:a|b.mp4", "%05d.mp4", "pipe:.mp4", "$(true);.mp4", "new\nline.mp4",
  ])
  func namesMeanNothing(name: String) throws {
    try write(directory(name), frames: 2)
    #expect(directory.names == [name])
    #expect(try frames(directory(name)).count == 2)
  }

  @Test func aNameWithoutADirectoryMayBeginWithADash() throws {
    let name = "-flipbook-test-\(getpid()).mp4"
    defer { unlink(name) }
    try write(name, frames: 1)
    #expect(try frames(name).count == 1)
  }

  @Test func theOldFileStaysUntilTheNewIsWhole() throws {
    let path = directory("out.mp4")
    try AtomicFile.write([1, 2, 3], to: path)
    let writer = try MP4Writer(path, size: PictureSize(width: 64, height: 48))
    try writer.append(movingPicture(0))
    #expect(try bytes(path) == [1, 2, 3])
    try writer.finish()
    #expect(try bytes(path).count > 100)
  }
}
