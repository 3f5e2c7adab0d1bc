import Files
import Foundation
import Testing
import Video

/// Runs a body that must throw a `VideoError`.
func failure(_ body: () throws -> Void) -> VideoError? {
  do { try body() } catch { return error as? VideoError }
  return nil
}

/// All outputs together: what is refused, what is left behind.
@Suite struct WriterFailureTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  static let outputs = ["out.mp4", "out.gif", "out.png", "out"]
  let size = PictureSize(width: 64, height: 48)

  @Test(arguments: outputs) func cancelLeavesNothing(name: String) throws {
    let sink = try OutputFormat.open(directory(name), size: size)
    try sink.append(movingPicture(0))
    sink.cancel()
    #expect(directory.names == [])
    #expect(
      failure { try sink.append(movingPicture(0)) } == .file(.discarded(path: directory(name))))
    #expect(failure { try sink.finish() } != nil)
    #expect(directory.names == [])
  }

  @Test(arguments: outputs) func lettingGoLeavesNothing(name: String) throws {
    do {
      let sink = try OutputFormat.open(directory(name), size: size)
      try sink.append(movingPicture(0))
    }
    #expect(directory.names == [])
  }

  @Test(arguments: outputs) func cancelAfterFinishKeepsTheFile(name: String) throws {
    let sink = try OutputFormat.open(directory(name), size: size)
    try sink.append(movingPicture(0))
    try sink.finish()
    sink.cancel()
    #expect(directory.names == [name])
    #expect(failure { try sink.finish() } != nil)
  }

  @Test(arguments: outputs) func aFileWithoutFramesIsRefused(name: String) throws {
    let sink = try OutputFormat.open(directory(name), size: size)
    #expect(failure { try sink.finish() } == .noFrames(path: directory(name)))
    #expect(directory.names == [])
  }

  @Test(arguments: outputs) func framesOfAnotherSizeAreRefused(name: String) throws {
    let sink = try OutputFormat.open(directory(name), size: size)
    let other = PictureSize(width: 32, height: 48)
    let error = failure { try sink.append(movingPicture(0, width: 32, height: 48)) }
    #expect(error == .sizeChanged(path: directory(name), expected: size, found: other))
    #expect(directory.names == [])
  }

  @Test(arguments: [(175, 96), (176, 95), (1, 1)])
  func oddSizesAreRefused(width: Int, height: Int) throws {
    let size = PictureSize(width: width, height: height)
    let path = directory("out.mp4")
    #expect(failure { _ = try MP4Writer(path, size: size) } == .oddSize(path: path, size: size))
    #expect(
      failure { try OutputFormat.check(path, size: size, frameCount: 25) }
        == .oddSize(path: path, size: size))
    #expect(directory.names == [])
  }

  @Test func theMessageOfAnOddSizeNamesAnEvenOne() {
    let error = VideoError.oddSize(path: "a.mp4", size: PictureSize(width: 175, height: 96))
    #expect(error.description.contains("175x96") && error.description.contains("176x96"))
  }

  @Test(arguments: outputs) func absurdSizesAreRefused(name: String) throws {
    for (width, height) in [(0, 48), (64, -2), (1 << 20, 2)] {
      let size = PictureSize(width: width, height: height)
      guard case .badSize = failure({ _ = try OutputFormat.open(directory(name), size: size) })
      else {
        Issue.record("\(size) was accepted")
        continue
      }
    }
    #expect(directory.names == [])
  }

  @Test(arguments: outputs) func aMissingDirectoryIsNamed(name: String) throws {
    let path = directory("missing/" + name)
    for error in [
      failure { _ = try OutputFormat.open(path, size: size) },
      failure { try OutputFormat.check(path, size: size, frameCount: 1) },
    ] {
      #expect(
        error == .file(.directoryMissing(path: path, directory: directory("missing"))))
    }
  }

  @Test(arguments: outputs) func aReadOnlyDirectoryIsNamed(name: String) throws {
    try #require(chmod(directory.path, 0o500) == 0)
    // Root may write everywhere; there the kernel's own directory refuses.
    let path = getuid() == 0 ? "/proc/" + name : directory(name)
    for error in [
      failure { _ = try OutputFormat.open(path, size: size) },
      failure { try OutputFormat.check(path, size: size, frameCount: 1) },
    ] {
      guard case .file = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
  }

  @Test func checksLeaveNothing() throws {
    for name in Self.outputs {
      try OutputFormat.check(directory(name), size: size, frameCount: 1)
    }
    #expect(directory.names == [])
  }

  @Test func aPictureHoldsOneFrame() throws {
    let path = directory("out.png")
    #expect(
      failure { try OutputFormat.check(path, size: size, frameCount: 25) }
        == .tooManyFrames(path: path, count: 25))
    let sink = try PNGWriter(path, size: size)
    try sink.append(movingPicture(0))
    #expect(failure { try sink.append(movingPicture(1)) } == .tooManyFrames(path: path, count: 2))
    #expect(directory.names == [])
  }

  @Test func aFullFolderIsRefused() throws {
    try AtomicFile.write([1], to: directory("something"))
    #expect(
      failure { _ = try OutputFormat.open(directory.path, size: size) }
        == .folderNotEmpty(path: directory.path))
    #expect(directory.names == ["something"])
  }

  @Test func theNameTellsTheFormat() throws {
    #expect(try OutputFormat(path: "a/b.MP4") == .mp4)
    #expect(try OutputFormat(path: "-x.gif") == .gif)
    #expect(try OutputFormat(path: "a.b.png") == .png)
    #expect(try OutputFormat(path: "frames") == .folder)
    #expect(try OutputFormat(path: "a.mp4/frames") == .folder)
    #expect(try OutputFormat(path: "frames.mp4/") == .folder)
    #expect(try OutputFormat(path: ".") == .folder)
    for (path, pathExtension) in [("a.webm", "webm"), ("a.mp4.txt", "txt"), ("a.", ""), ("", "")] {
      let error = failure { _ = try OutputFormat(path: path) }
      #expect(error == .unknownFormat(path: path, pathExtension: pathExtension))
      #expect(error?.description.contains(".mp4") == true)
    }
  }
}
