import Layers
import Tensor
import Text

/// What the transformer reads of one set of texts, the same for every step: that of the prompt, or
/// that of the negative prompt.
struct TextBranch {
  let layout: TokenLayout
  /// [ΣL, D].
  let words: Tensor

  /// - Parameters:
  ///   - texts: one a shot.
  ///   - stretch: what is sampled at once, and `grid` its positions.
  /// - Throws: `TextError.tooManyTokens`, `TensorError.outOfMemory`.
  init(
    _ texts: [String], _ stretch: Stretch, _ grid: LatentGrid, encoder: PromptEncoder,
    transformer: Transformer, _ compute: Compute
  ) throws {
    let configuration = transformer.configuration
    let states = try texts.enumerated().map { index, text in
      try compute.arena.scope { () throws in
        let inArena = try encoder(
          text, limit: configuration.maxTextTokens, shot: index + 1, compute)
        let kept = try Tensor(inArena.shape)
        kept.copy(from: inArena)
        return kept
      }
    }
    layout = try TokenLayout(
      textLengths: states.map { $0.shape[0] }, shotFrames: stretch.shotFrames, grid: grid,
      configuration: configuration)
    let joined = try Tensor([layout.textCount, configuration.textWidth])
    var row = 0
    for state in states {
      joined[row..<row + state.shape[0]].copy(from: state)
      row += state.shape[0]
    }
    let words = try Tensor([layout.textCount, configuration.width])
    compute.arena.scope { words.copy(from: transformer.embed(text: joined, compute)) }
    self.words = words
  }
}
