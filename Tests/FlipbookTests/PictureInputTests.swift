import Foundation
import Testing
import Video

@testable import Flipbook

@Suite struct PictureInputTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func picture(_ width: Int, _ height: Int, _ name: String = "p.png") throws -> String {
    try PNGWriter.write(Picture(width: width, height: height), to: folder.path(name))
    return folder.path(name)
  }

  @Test func references() throws {
    #expect(PictureReference("a.png").frame == nil)
    #expect(PictureReference("clip.mp4#12") == PictureReference("clip.mp4#12"))
    #expect(PictureReference("clip.mp4#12").path == "clip.mp4")
    #expect(PictureReference("clip.mp4#12").frame == 12)
    #expect(PictureReference("clip.mp4#-1").frame == -1)
    for other in ["a#b.png", "clip.mp4#", "clip.mp4#x", "clip.mp4#-", "#3", "clip.mp4#1.5"] {
      #expect(PictureReference(other).path == other && PictureReference(other).frame == nil)
    }
    // A file of that very name is meant.
    let odd = try picture(32, 32, "take#3")
    #expect(PictureReference(odd).path == odd && PictureReference(odd).frame == nil)
  }

  /// The six ratios, and the nearest of them for whatever comes.
  @Test(arguments: [
    (1920, 1080, AspectRatio.wide), (640, 480, .classic), (100, 100, .square),
    (3000, 4000, .portrait), (1080, 1920, .tall), (2500, 1000, .cinema), (110, 100, .square),
    (400, 1000, .tall),
  ])
  func theNearestRatioIsTaken(width: Int, height: Int, expected: AspectRatio) throws {
    var request = GenerationRequest(prompt: "x")
    request.firstFrame = try picture(width, height)
    let inputs = try RequestInputs(request, openingFrames: 9)
    let native = FrameSize(width: 128, height: 128)
    #expect(try inputs.size(request, native: native) == Resolution.base.size(expected))
    request.resolution = .p480
    #expect(try inputs.size(request, native: native) == Resolution.p480.size(expected))
    request.resolution = nil
    request.size = FrameSize(width: 64, height: 32)
    #expect(try inputs.size(request, native: native) == request.size)
    let notes = inputs.notes(FrameSize(width: 64, height: 32))
    #expect(notes.count == 1 && notes[0].contains("64x32"))
  }

  @Test func adaptiveNeedsAPicture() throws {
    var request = GenerationRequest(prompt: "x")
    request.ratioIsAdaptive = true
    let inputs = try RequestInputs(request, openingFrames: 9)
    let native = FrameSize(width: 128, height: 128)
    #expect(throws: FlipbookError.self) { try inputs.size(request, native: native) }
    request.size = native
    #expect(throws: FlipbookError.self) { try request.frameSize(native: native) }
  }

  /// What is not taken is refused in words, under the option's name, as bad input.
  @Test(arguments: [
    (399, 1000, "0.40 times as wide as high"), (2501, 1000, "2.50 times"),
    (6016, 3000, "at most 6000 pixels"), (10, 1000, "0.01 times"),
  ])
  func picturesThatAreNotTaken(width: Int, height: Int, words: String) throws {
    let path = try picture(width, height)
    let error = #expect(throws: FlipbookError.self) {
      try PictureInput(option: "first-frame", path)
    }
    #expect(error?.exitCode == .badInput)
    #expect(error?.description.hasPrefix("--first-frame") == true)
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
  }

  @Test func filesThatAreNotTaken() throws {
    let large = folder.path("large.png")
    #expect(FileManager.default.createFile(atPath: large, contents: nil))
    truncate(large, off_t(PictureInput.largestFile) + 1)
    try Data("hello".utf8).write(to: URL(fileURLWithPath: folder.path("text.png")))
    for (path, words) in [
      (large, "at most 30000000"), (folder.path("none.png"), "none.png"),
      (folder.path("text.png"), "unknown kind"), (folder.path(""), "directory"),
      (folder.path("none.mp4#3"), "none.mp4"), (folder.path("text.png#3"), "unknown kind"),
    ] {
      let error = #expect(throws: FlipbookError.self) {
        try PictureInput(option: "last-frame", path)
      }
      #expect(error?.exitCode == .badInput, "\(path)")
      #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }
  }

  @Test func digestsTellWhetherAFileChanged() throws {
    let file = try InputFile(option: "first-frame", reading: try picture(32, 32))
    #expect(file.state == .unchanged)
    _ = try picture(48, 32)
    #expect(file.state == .changed)
    try FileManager.default.removeItem(atPath: file.path)
    #expect(file.state == .missing)
  }
}
