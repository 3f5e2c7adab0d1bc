/// Phrases, as tokens, with a value each; finds the longest that stands at a place.
struct PhraseTable<Value: Sendable>: Sendable {
  private(set) var entries: [[String]: Value] = [:]
  /// The most tokens of the phrases that begin with a token.
  private var longest: [String: Int] = [:]

  /// The value of a phrase of at least one token. Setting nil leaves what is there.
  subscript(phrase: [String]) -> Value? {
    get { entries[phrase] }
    set {
      guard let first = phrase.first, let newValue else { return }
      entries[phrase] = newValue
      longest[first] = max(longest[first] ?? 0, phrase.count)
    }
  }

  /// The longest phrase that tokens begin with, and its length in tokens.
  /// - Parameter limit: longer ones do not count.
  func prefix(of tokens: ArraySlice<String>, limit: Int = .max) -> (value: Value, length: Int)? {
    guard let first = tokens.first, let most = longest[first] else { return nil }
    var phrase = Array(tokens.prefix(min(most, limit)))
    while !phrase.isEmpty {
      if let value = entries[phrase] { return (value, phrase.count) }
      phrase.removeLast()
    }
    return nil
  }

  /// The places of tokens that belong to no phrase, where phrases are taken from left to right.
  func uncovered(in tokens: [String]) -> [Int] {
    var places: [Int] = []
    var start = 0
    while start < tokens.count {
      let length = prefix(of: tokens[start...])?.length
      if length == nil { places.append(start) }
      start += length ?? 1
    }
    return places
  }
}
