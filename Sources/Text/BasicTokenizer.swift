import Foundation

/// The first half of BERT's uncased tokenizer (Devlin et al., arXiv 1810.04805, and its code's
/// `BasicTokenizer`): text to words and marks of punctuation, in lower case and without accents.
///
/// In order: control characters go, white space becomes a space, every ideograph becomes a word of
/// its own, canonical decomposition (NFD) and the loss of nonspacing marks, lower case character by
/// character, and a split at white space and around punctuation.
///
/// Words are arrays of scalars, not `String`s: for a `String` the syllable 한 and its three
/// letters are equal, and a letter with its accent is one character; for the vocabulary they
/// are not.
enum BasicTokenizer {
  /// The words of the text, none of them empty.
  static func words(of text: String) -> [[Unicode.Scalar]] {
    var words: [[Unicode.Scalar]] = []
    var word: [Unicode.Scalar] = []
    func endWord() {
      if !word.isEmpty { words.append(word) }
      word.removeAll(keepingCapacity: true)
    }
    for scalar in normalized(text) {
      if scalar.isBERTWhitespace {
        endWord()
      } else if scalar.isBERTPunctuation {
        endWord()
        words.append([scalar])
      } else {
        word.append(scalar)
      }
    }
    endWord()
    return words
  }

  /// The text as the words are cut from it.
  static func normalized(_ text: String) -> [Unicode.Scalar] {
    var clean = String.UnicodeScalarView()
    for scalar in text.unicodeScalars where !scalar.isRemovedByBERT {
      if scalar.isBERTIdeograph {
        clean.append(contentsOf: [" ", scalar, " "])
      } else {
        clean.append(scalar.isBERTWhitespace ? " " : scalar)
      }
    }
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(clean.count)
    for scalar in String(clean).decomposedStringWithCanonicalMapping.unicodeScalars
    where !scalar.isBERTAccent {
      result.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
    }
    return result
  }

  /// True for text without a word: white space, invisible characters, accents on nothing.
  static func isBlank(_ text: String) -> Bool { words(of: text).isEmpty }
}
