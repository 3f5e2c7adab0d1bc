import Checkpoint
import Synchronization
import Text

/// The text encoder of a model, for the rewriting of prompts and for the clips: whoever needs it first
/// loads it.
final class SharedTextEncoder: Sendable {
  private let directory: ModelDirectory
  private let state = Mutex<PromptEncoder?>(nil)

  init(_ directory: ModelDirectory) { self.directory = directory }

  /// The encoder where it is loaded.
  var loaded: PromptEncoder? { state.withLock(\.self) }

  /// The encoder, loaded at the first call.
  /// - Throws: what `PromptEncoder.init` throws.
  func callAsFunction() throws -> PromptEncoder {
    try state.withLock { encoder in
      if let encoder { return encoder }
      let new = try PromptEncoder(directory)
      encoder = new
      return new
    }
  }

  /// Takes an encoder that was loaded elsewhere.
  func share(_ encoder: PromptEncoder) { state.withLock { $0 = encoder } }
}
