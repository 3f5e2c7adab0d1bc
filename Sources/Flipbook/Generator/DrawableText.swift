import Foundation

/// Text for the small font of pictures, which has printable ASCII alone.
enum DrawableText {
  /// The text in Latin letters without accents: what is Chinese is written in pinyin, and so on for
  /// other scripts, by the tables of ICU. What has no letters, such as an emoji, stays as it is, and
  /// the font shows a box.
  static func ascii(_ text: String) -> String {
    let transform = StringTransform("Any-Latin; Latin-ASCII")
    return text.applyingTransform(transform, reverse: false) ?? text
  }

  /// The title of a contact sheet: the seed first, since a long prompt is cut.
  static func title(prompt: String, seed: UInt64?) -> String {
    ascii((seed.map { "seed \($0): " } ?? "") + prompt)
  }
}
