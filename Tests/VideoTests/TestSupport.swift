import Files
import Foundation
import Testing
import Video

/// An empty directory that goes with the object.
final class TemporaryDirectory {
  let path: String

  init() throws {
    var template = Array("/tmp/flipbook-video-XXXXXX".utf8CString)
    path = template.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) } ?? ""
    }
    try #require(!path.isEmpty)
  }

  deinit {
    chmod(path, 0o700)
    try? FileManager.default.removeItem(atPath: path)
  }

  /// The path of a name inside.
  func callAsFunction(_ name: String) -> String { path + "/" + name }

  /// Everything inside, hidden files too.
  var names: [String] { (try? directoryEntries(path)) ?? [] }
}

/// A file of `Tests/Fixtures/video`.
func fixture(_ name: String, in source: String = #filePath) -> String {
  URL(fileURLWithPath: source).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/video/" + name).path
}

func bytes(_ path: String) throws -> [UInt8] { try MappedFile(path).array() }

/// A picture that moves: a gradient with a bright square that walks to the right.
func movingPicture(_ index: Int, width: Int = 64, height: Int = 48) -> Picture {
  var picture = Picture(width: width, height: height)
  for y in 0..<height {
    for x in 0..<width {
      let isSquare =
        (8..<20).contains(y) && (0..<12).contains((x - 2 * index % width + width) % width)
      picture[x: x, y: y] =
        isSquare ? (240, 200, 40) : (UInt8(x * 160 / width), UInt8(y * 160 / height), 90)
    }
  }
  return picture
}

/// The largest difference of a channel over a rectangle of flat colour.
func difference(
  _ picture: Picture, from color: (red: UInt8, green: UInt8, blue: UInt8), x: Range<Int>,
  y: Range<Int>
) -> Int {
  var largest = 0
  for row in y {
    for column in x {
      let found = picture[x: column, y: row]
      largest = max(
        largest, abs(Int(found.red) - Int(color.red)), abs(Int(found.green) - Int(color.green)),
        abs(Int(found.blue) - Int(color.blue)))
    }
  }
  return largest
}

/// All frames of a video.
func frames(_ path: String) throws -> [Picture] {
  let reader = try VideoReader(path)
  var pictures: [Picture] = []
  while let picture = try reader.next() { pictures.append(picture) }
  return pictures
}

/// What `ffprobe` says; nil where it is not installed.
func ffprobe(_ path: String) throws -> [String: Any]? {
  let directories = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
  guard
    let tool = directories.map({ $0 + "/ffprobe" }).first(where: {
      FileManager.default.isExecutableFile(atPath: $0)
    })
  else { return nil }
  let process = Process()
  process.executableURL = URL(fileURLWithPath: tool)
  process.arguments = [
    "-v", "error", "-count_frames", "-show_streams", "-show_format", "-of", "json", "file:" + path,
  ]
  let pipe = Pipe()
  process.standardOutput = pipe
  try process.run()
  let data = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  try #require(process.terminationStatus == 0)
  return try JSONSerialization.jsonObject(with: data) as? [String: Any]
}

/// The twelve colours of the round trip: the primaries, their mixtures, greys, and a few in between.
let patchColors: [(red: UInt8, green: UInt8, blue: UInt8)] = [
  (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (0, 255, 255), (255, 0, 255),
  (0, 0, 0), (255, 255, 255), (128, 128, 128), (220, 120, 40), (70, 140, 90), (110, 60, 160),
]

/// The twelve colours as four by three patches of 24 pixels.
func patches() -> Picture {
  var picture = Picture(width: 96, height: 72)
  for y in 0..<72 {
    for x in 0..<96 { picture[x: x, y: y] = patchColors[y / 24 * 4 + x / 24] }
  }
  return picture
}

/// The largest difference of a patch from its colour, `margin` pixels away from its border.
func patchDifferences(_ picture: Picture, margin: Int) -> [Int] {
  patchColors.indices.map { index in
    let (x, y) = (index % 4 * 24, index / 4 * 24)
    return difference(
      picture, from: patchColors[index], x: x + margin..<x + 24 - margin,
      y: y + margin..<y + 24 - margin)
  }
}
