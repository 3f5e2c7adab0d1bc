/// The classes of characters that BERT's basic tokenizer tells apart.
///
/// The reference (Hugging Face's `tokenizers`, `BertNormalizer` and `BertPreTokenizer`) reads
/// general categories from tables of Unicode 8; a character that came later belongs to none of
/// them. The vocabulary is older still, so this decides between two ways of being `[UNK]`, but
/// it decides how many of them there are.
extension Unicode.Scalar {
  /// The general category in Unicode 8, `unassigned` for characters that came later.
  private var category: Unicode.GeneralCategory {
    switch value {
    // The few that later versions moved to another category.
    case 0x166D, 0x111C9: return .otherPunctuation
    case 0x1734, 0x1171E: return .nonspacingMark
    case 0x1885, 0x1886: return .otherLetter
    case 0xA9BD: return .spacingMark
    default: break
    }
    guard let age = properties.age, age.major <= 8 else { return .unassigned }
    return properties.generalCategory
  }

  /// Control and format characters, private use, NUL and U+FFFD: taken out of the text.
  var isRemovedByBERT: Bool {
    switch self {
    case "\t", "\n", "\r": false
    case "\u{FFFD}": true
    default:
      switch category {
      case .control, .format, .privateUse: true
      default: false
      }
    }
  }

  /// White space between words, by Unicode's property `White_Space`.
  var isBERTWhitespace: Bool { properties.isWhitespace }

  /// Every printing ASCII character that is no letter or digit, and category P of Unicode.
  var isBERTPunctuation: Bool {
    switch value {
    case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: return true
    default: break
    }
    switch category {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation:
      return true
    default: return false
    }
  }

  /// Ideographs, which BERT reads as one word each. Hangul, Hiragana and Katakana are not among
  /// them: they are written with spaces, or cut up by WordPiece.
  var isBERTIdeograph: Bool {
    switch value {
    case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x2A6DF,
      0x2A700...0x2B73F, 0x2B740...0x2B81F, 0x2B920...0x2CEAF, 0x2F800...0x2FA1F:
      true
    default: false
    }
  }

  /// A mark that stands on another character: dropped after canonical decomposition.
  var isBERTAccent: Bool { category == .nonspacingMark }
}
