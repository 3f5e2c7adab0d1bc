/// Turns prompts as people write them, in English or Chinese, into the captions that a model was
/// trained on: by phrases, a few rules of order, and for words that nobody listed the nearest one
/// that somebody did. What it does not know stays as it was.
package struct PromptRewriter: Sendable {
  package let vocabulary: PromptVocabulary

  package init(_ vocabulary: PromptVocabulary) { self.vocabulary = vocabulary }

  /// What became of a prompt.
  package struct Rewriting: Sendable, Equatable {
    /// The prompt as the model is to read it, shots and lengths included.
    package let prompt: String
    /// Words that mean nothing to the vocabulary; they stand in the prompt still.
    package let leftAlone: [String]
    /// Words that have no place in a caption: understood ones, and unknown ones that are not English.
    package let leftOut: [String]
    /// Unknown words that were taken for known ones.
    package let guesses: [Guess]

    package struct Guess: Sendable, Equatable {
      package let word: String
      package let meaning: String
    }
  }

  /// Rewrites all shots of a prompt.
  ///
  /// - Parameters:
  ///   - prompt: what a person wrote; service words are gone.
  ///   - isCameraFixed: says in every shot that the camera stays where it is.
  ///   - nearest: what an unknown English word may mean.
  /// - Throws: what `ShotPrompt(parsing:)` throws.
  package func rewrite(
    _ prompt: String, isCameraFixed: Bool = false, nearest: (String) -> Meaning? = { _ in nil }
  ) throws(TextError) -> Rewriting {
    var story = StoryReader(vocabulary: vocabulary, isCameraFixed: isCameraFixed)
    for shot in try ShotPrompt(parsing: prompt).shots { story.read(shot, nearest: nearest) }
    return Rewriting(
      prompt: story.isChanged ? ShotPrompt.text(of: story.texts) : prompt,
      leftAlone: story.leftAlone, leftOut: story.leftOut, guesses: story.guesses)
  }

  /// The prompt with a camera that stays where it is, and nothing else changed.
  ///
  /// - Throws: what `ShotPrompt(parsing:)` throws.
  package func fixingCamera(_ prompt: String) throws(TextError) -> String {
    ShotPrompt.text(
      of: try ShotPrompt(parsing: prompt).shots.map {
        (withFixedCamera($0.text, vocabulary), $0.seconds)
      })
  }
}
