/// Whether a prompt is rewritten before the model reads it.
public enum Enhancement: String, Sendable, CaseIterable {
  /// The model reads what the person wrote.
  case none
  /// By phrases, a few rules of order, and the text encoder's nearest words: what the model knows
  /// becomes the caption that it was trained on, and the rest stays.
  case rules
}
