import Checkpoint
import Files
import Flipbook
import Tensor
import Testing
import Video

@Suite struct ExitCodeTests {
  /// The numbers of `interfaces.md`, which scripts rely on.
  @Test func numbers() {
    #expect(ExitCode.allCases.map(\.rawValue) == [0, 1, 2, 3, 4, 5, 6, 7, 130, 143])
  }

  @Test func ownErrors() {
    let expected: [(FlipbookError, ExitCode)] = [
      (.option(name: "steps", found: "x", expected: "y"), .usage), (.usage(problem: "x"), .usage),
      (.model(path: "x", problem: "y"), .badModel), (.input(name: "x", problem: "y"), .badInput),
      (.file(path: "x", problem: "y"), .inputOutput), (.memory(problem: "x"), .memory),
      (.numbers(layer: "blocks.1", problem: "NaN"), .numbers),
      (.cancelled(.interrupted), .interrupted), (.cancelled(.terminated), .terminated),
    ]
    for (error, code) in expected { #expect(error.exitCode == code) }
  }

  @Test func errorsOfOtherModules() {
    let size = PictureSize(width: 3, height: 3)
    let expected: [(any Error, ExitCode, String)] = [
      (TensorError.outOfMemory(bytes: 1 << 40, purpose: "weights"), .memory, "weights"),
      (
        WeightError.shape(key: "blocks.1.bias", found: [3], expected: [4]), .badModel,
        "blocks.1.bias"
      ),
      (
        CheckpointError.damaged(path: "a.safetensors", problem: "cut short"), .badModel, "cut short"
      ),
      (CheckpointError.file(.system(action: "open", path: "m", code: 2)), .badModel, "m"),
      (FileError.noRoom(path: "out.mp4", needed: 2, free: 1), .inputOutput, "out.mp4"),
      (VideoError.file(.notWritable(path: "out.mp4")), .inputOutput, "out.mp4"),
      (VideoError.unknownFormat(path: "a.avi", pathExtension: "avi"), .usage, "--output"),
      (VideoError.oddSize(path: "a.mp4", size: size), .usage, "--size"),
      (VideoError.wrongFormat(path: "a.mp4", expected: "mp4", found: "text"), .badInput, "text"),
      (CancellationError(), .interrupted, "interrupted"),
    ]
    for (error, code, words) in expected {
      let wrapped = FlipbookError(wrapping: error)
      #expect(wrapped.exitCode == code, "\(error)")
      #expect(wrapped.description.contains(words), "\(wrapped)")
    }
  }

  @Test func theFirstReasonStays() throws {
    let cancellation = Cancellation()
    try cancellation.check()
    cancellation.cancel(.terminated)
    cancellation.cancel(.interrupted)
    #expect(cancellation.reason == .terminated)
    #expect(throws: FlipbookError.cancelled(.terminated)) { try cancellation.check() }
  }
}
