package import Tensor

/// The vocabulary's word that is nearest to one that it does not have, by the text encoder: the cosine
/// of the words' mean hidden states (Reimers and Gurevych, arXiv 1908.10084, mean pooling, which is
/// how MiniLM was trained to compare sentences).
package struct NearestWord: Sendable {
  private let encoder: PromptEncoder
  private let threshold: Double
  private let margin: Double
  private let guessed: Set<Meaning.Table>
  private let candidates: [(meaning: Meaning, vector: [Float])]

  /// Reads every English word of the vocabulary's compared tables once.
  ///
  /// - Throws: `TextError.tooManyTokens`, where the encoder is tiny.
  package init(
    _ vocabulary: PromptVocabulary, encoder: PromptEncoder, _ compute: Compute
  ) throws(TextError) {
    self.encoder = encoder
    threshold = vocabulary.similarity.threshold
    margin = vocabulary.similarity.margin
    guessed = vocabulary.similarity.tables
    var candidates: [(meaning: Meaning, vector: [Float])] = []
    let compared = guessed.union(vocabulary.similarity.rivals)
    for (phrase, meanings) in vocabulary.phrases.entries {
      guard phrase.count == 1, Self.isCompared(phrase[0]) else { continue }
      for meaning in meanings where compared.contains(meaning.table) {
        candidates.append((meaning, try Self.vector(phrase[0], encoder, compute)))
      }
    }
    self.candidates = candidates
  }

  /// What a word may mean, or nil where nothing is near, or two things are.
  package func callAsFunction(_ word: String, _ compute: Compute) -> Meaning? {
    guard Self.isCompared(word), let vector = try? Self.vector(word, encoder, compute) else {
      return nil
    }
    var best: [Meaning: Double] = [:]
    for candidate in candidates {
      var cosine = 0.0
      for (a, b) in zip(vector, candidate.vector) { cosine += Double(a) * Double(b) }
      best[candidate.meaning] = max(best[candidate.meaning] ?? -1, cosine)
    }
    let ranked = best.sorted { ($0.value, $1.key.description) > ($1.value, $0.key.description) }
    guard let first = ranked.first, first.value >= threshold, guessed.contains(first.key.table),
      ranked.count < 2 || first.value - ranked[1].value >= margin
    else { return nil }
    return first.key
  }

  /// Words of Latin letters; the encoder reads English, and a letter or two say nothing.
  private static func isCompared(_ word: String) -> Bool {
    word.count >= 3 && word.allSatisfy { $0.isASCII && $0.isLetter }
  }

  /// The mean of a word's hidden states, of length 1: [D].
  private static func vector(
    _ word: String, _ encoder: PromptEncoder, _ compute: Compute
  ) throws(TextError) -> [Float] {
    let width = encoder.encoder.configuration.width
    var mean = [Float](repeating: 0, count: width)
    var failure: TextError?
    compute.arena.scope { () -> Void in
      do throws(TextError) {
        let states = try encoder(word, compute)
        for token in 0..<states.shape[0] {
          for channel in 0..<width { mean[channel] += states.pointer[token * width + channel] }
        }
        withExtendedLifetime(states) {}
      } catch { failure = error }
    }
    if let failure { throw failure }
    let length = mean.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return length > 0 ? mean.map { $0 / length } : mean
  }
}
