import Checkpoint
import Diorama
import Synchronization
import Tensor
import Text

/// Rewrites prompts for one model: its vocabulary and, where words are unknown, its text encoder, each
/// read when it is first wanted.
final class PromptEnhancer: Sendable {
  /// A prompt as the model is to read it.
  struct Result {
    /// With shots and lengths.
    var prompt: String
    /// What a person should know about it, one sentence each.
    var notes: [String] = []
  }

  private let directory: ModelDirectory
  private let name: String?
  private let textEncoder: SharedTextEncoder
  private let rewriter = Mutex<PromptRewriter?>(nil)
  private let state = Mutex(Similar())

  /// What the text encoder has been asked.
  private struct Similar {
    var nearest: NearestWord?
    var known: [String: Meaning?] = [:]
  }

  /// - Parameter name: the vocabulary, `prompt/NAME.json`; nil where the model has none.
  init(_ directory: ModelDirectory, name: String?, textEncoder: SharedTextEncoder) {
    self.directory = directory
    self.name = name
    self.textEncoder = textEncoder
  }

  /// What happens where the request says nothing.
  var standard: Enhancement { name == nil ? .none : .rules }

  /// - Throws: `FlipbookError.option` where a model without a vocabulary is to rewrite;
  ///   `CheckpointError`, and what loading a text encoder throws.
  func callAsFunction(_ request: GenerationRequest) throws -> Result {
    let enhancement = request.enhance ?? standard
    guard enhancement == .rules || request.cameraFixed else {
      return Result(prompt: request.prompt)
    }
    guard let rewriter = try loadRewriter() else {
      guard request.enhance == .rules else {
        return Result(
          prompt: request.prompt,
          notes: ["this model has no words for a fixed camera: --camera-fixed does nothing"])
      }
      throw FlipbookError.option(
        name: "enhance", found: "rules", expected: "none",
        advice: "this model has no vocabulary of prompts: its model_index.json names none as "
          + "prompt_enhancement")
    }
    guard enhancement == .rules else {
      return Result(prompt: try rewriter.fixingCamera(request.prompt))
    }
    var failure: (any Error)?
    let rewriting = try rewriter.rewrite(request.prompt, isCameraFixed: request.cameraFixed) {
      word in
      do {
        return try nearest(word, rewriter.vocabulary)
      } catch {
        failure = error
        return nil
      }
    }
    if let failure { throw failure }
    return Result(prompt: rewriting.prompt, notes: Self.notes(rewriting, of: request.prompt))
  }

  private static func notes(_ rewriting: PromptRewriter.Rewriting, of prompt: String) -> [String] {
    var notes: [String] = []
    if rewriting.prompt != prompt { notes.append("prompt: \(prompt) → \(rewriting.prompt)") }
    for guess in rewriting.guesses { notes.append("taken for \(guess.meaning): '\(guess.word)'") }
    func list(_ words: [String]) -> String { words.map { "'\($0)'" }.joined(separator: ", ") }
    if !rewriting.leftAlone.isEmpty { notes.append("left alone: \(list(rewriting.leftAlone))") }
    if !rewriting.leftOut.isEmpty { notes.append("left out: \(list(rewriting.leftOut))") }
    return notes
  }

  private func loadRewriter() throws -> PromptRewriter? {
    guard let name else { return nil }
    return try rewriter.withLock { rewriter in
      if let rewriter { return rewriter }
      let file = try directory.file("prompt/\(name).json")
      let new = PromptRewriter(try PromptVocabulary(file: file))
      rewriter = new
      return new
    }
  }

  private func nearest(_ word: String, _ vocabulary: PromptVocabulary) throws -> Meaning? {
    try state.withLock { state in
      if let known = state.known[word] { return known }
      // A word is a few tokens; the arena reserves addresses alone.
      let compute = try Compute(threads: 1, arenaByteCount: 64 << 20)
      if state.nearest == nil {
        state.nearest = try NearestWord(
          vocabulary, encoder: textEncoder(), compute)
      }
      let meaning = state.nearest?(word, compute)
      state.known[word] = .some(meaning)
      return meaning
    }
  }
}
