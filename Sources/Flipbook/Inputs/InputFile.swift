package import Checkpoint
import Files

/// A file that a video was made from: the same video needs the same bytes.
public struct InputFile: Sendable, Equatable {
  /// The option that named it: `first-frame`, `last-frame`, `video`, or `shot-frames 2`.
  public let option: String
  /// Where it lay, as the option said it.
  public let path: String
  /// SHA-256 of its bytes, in hexadecimal.
  public let sha256: String

  /// What became of the file since.
  public enum State: String, Sendable {
    case unchanged, changed, missing
  }

  /// A file as it was.
  public init(option: String, path: String, sha256: String) {
    self.option = option
    self.path = path
    self.sha256 = sha256
  }

  /// The file of an option as it is now.
  ///
  /// - Throws: `FlipbookError.input` where it cannot be read.
  init(option: String, reading path: String) throws(FlipbookError) {
    do {
      let file = try MappedFile(path)
      self.init(option: option, path: path, sha256: SHA256.hexDigest(of: file.bytes))
    } catch { throw .input(name: "--\(option)", problem: error.description) }
  }

  /// The file for a program, without a look at it.
  package var value: JSONValue {
    ["option": .string(option), "file": .string(path), "sha256": .string(sha256)]
  }

  /// Looks at the file as it is now.
  public var state: State {
    guard let now = try? InputFile(option: option, reading: path) else { return .missing }
    return now.sha256 == sha256 ? .unchanged : .changed
  }
}
