/// "Did you mean": the name that is fewest edits away.
package enum Suggestion {
  /// The candidate nearest to a word, or nil where none is near enough to be meant.
  package static func nearest(to word: String, in candidates: [String]) -> String? {
    let allowed = max(1, min(word.count, 12) / 3)
    return
      candidates
      .map { (name: $0, distance: distance(word, $0)) }
      .filter { $0.distance <= allowed || ($0.name.hasPrefix(word) && word.count >= 3) }
      .min { ($0.distance, $0.name) < ($1.distance, $1.name) }?
      .name
  }

  /// Edits between two words, where a swap of neighbours counts as one (optimal string alignment;
  /// Damerau 1964).
  package static func distance(_ a: String, _ b: String) -> Int {
    let a = Array(a)
    let b = Array(b)
    var beforePrevious: [Int] = []
    var previous = Array(0...b.count)
    for i in 0..<a.count {
      var row = [i + 1]
      for j in 0..<b.count {
        var best = min(
          previous[j + 1] + 1, row[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          best = min(best, beforePrevious[j - 1] + 1)
        }
        row.append(best)
      }
      beforePrevious = previous
      previous = row
    }
    return previous[b.count]
  }
}
