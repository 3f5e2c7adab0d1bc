import Checkpoint
import Diffusion
import Diorama
import Files
import Foundation
import Layers
import Tensor
import Text
import Video

extension FlipbookError {
  /// Any error of the floors below, in the words and with the exit code of this one.
  package init(wrapping error: any Error) {
    self =
      switch error {
      case let error as FlipbookError: error
      case is CancellationError: .cancelled(.interrupted)
      case let error as FileError: Self.wrapping(error)
      case let error as TensorError:
        .memory(problem: error.description, advice: Self.memoryAdvice)
      case let error as WeightError: .model(path: "weights", problem: error.description)
      case let error as CheckpointError: Self.wrapping(error)
      case let error as TextError: Self.wrapping(error)
      case let error as VideoError: Self.wrapping(error)
      case let error as DiffusionError: Self.wrapping(error)
      case let error as DioramaError: Self.wrapping(error)
      default: .usage(problem: "\(error)")
      }
  }

  private static let memoryAdvice =
    "take a smaller --size or fewer --frames; --dry-run tells what a run needs"

  private static func wrapping(_ error: FileError) -> FlipbookError {
    isShortOfMemory(error)
      ? .memory(problem: error.description, advice: memoryAdvice)
      : .file(path: error.path, problem: error.description)
  }

  private static func isShortOfMemory(_ error: FileError) -> Bool {
    if case .system(_, _, let code) = error { code == ENOMEM } else { false }
  }

  private static func wrapping(_ error: CheckpointError) -> FlipbookError {
    switch error {
    case .file(let cause) where isShortOfMemory(cause): wrapping(cause)
    case .file(let cause): .model(path: cause.path, problem: cause.description)
    default: .model(path: "", problem: error.description)
    }
  }

  private static func wrapping(_ error: TextError) -> FlipbookError {
    switch error {
    case .unreadable, .vocabulary: .model(path: "", problem: error.description)
    default: .input(name: "prompt", problem: error.description)
    }
  }

  private static func wrapping(_ error: VideoError) -> FlipbookError {
    switch error {
    case .file(let cause): FlipbookError(wrapping: cause)
    case .outOfMemory: .memory(problem: error.description, advice: memoryAdvice)
    case .unknownFormat(let path, _), .tooManyFrames(let path, _):
      .option(
        name: "output", found: path,
        expected: "a name that ends in .mp4, .gif or (one frame) .png, or a folder")
    case .oddSize(_, let size), .badSize(_, let size, _):
      .option(
        name: "size", found: size.description, expected: "a size that the format can hold",
        advice: error.description)
    case .wrongFormat(let path, _, _), .broken(let path, _, _), .tooLarge(let path, _, _),
      .tooManyBytes(let path, _, _):
      .input(name: path, problem: error.description)
    case .folderNotEmpty(let path): .file(path: path, problem: error.description)
    case .sizeChanged(let path, _, _), .noFrames(let path), .library(_, let path, _):
      .file(path: path, problem: error.description)
    case .encoderMissing(let name): .file(path: name, problem: error.description)
    }
  }

  private static func wrapping(_ error: DiffusionError) -> FlipbookError {
    switch error {
    case .parameter(let name, let found, let expected):
      .option(
        name: name.split(separator: " ").joined(separator: "-"), found: found, expected: expected)
    case .sigmas: .usage(problem: error.description)
    case .state: .input(name: "--from-latents", problem: error.description)
    }
  }

  private static func wrapping(_ error: DioramaError) -> FlipbookError {
    switch error {
    case .size(let width, let height, _):
      .option(
        name: "size", found: "\(width)x\(height)", expected: "a size that this model can make",
        advice: error.description)
    case .frames(let found):
      .option(name: "frames", found: "\(found)", expected: "1 + 4k", advice: error.description)
    case .nothingToMake(let frames):
      .option(
        name: "frames", found: "\(frames)", expected: "more than the frames that are given",
        advice: error.description)
    case .sourceEnds: .input(name: "--video", problem: error.description)
    case .state: .input(name: "--from-latents", problem: error.description)
    case .shots, .shotLengths, .shotTooShort: .input(name: "prompt", problem: error.description)
    case .components: .model(path: "", problem: error.description)
    case .weight(let key, _, _): .numbers(layer: key, problem: error.description)
    case .activation(let finding): .numbers(layer: finding.layer, problem: error.description)
    }
  }
}
