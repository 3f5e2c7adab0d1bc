/// Pictures that later shots begin with, as an option says them: `2=b.png,3=c.png`.
enum ShotPictures {
  /// - Returns: paths by the number of the shot.
  /// - Throws: `FlipbookError.option`.
  static func parse(_ text: String, _ name: String) throws(FlipbookError) -> [Int: String] {
    var pictures: [Int: String] = [:]
    var last: Int?
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if sides.count == 2, let shot = number(sides[0]) {
        guard (2...6).contains(shot), pictures[shot] == nil, !sides[1].isEmpty else {
          throw .option(
            name: name, found: text, expected: "shots 2 to 6, each once, with a picture",
            advice: shot == 1 ? "the first shot's picture is --first-frame" : nil)
        }
        pictures[shot] = String(sides[1])
        last = shot
      } else if let last {
        // A comma in a path.
        pictures[last]?.append("," + part)
      } else {
        throw .option(
          name: name, found: text, expected: "numbers of shots with pictures, as in 2=b.png,3=c.png"
        )
      }
    }
    return pictures
  }

  /// The text that `parse` reads.
  static func text(_ pictures: [Int: String]) -> String {
    pictures.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
  }

  private static func number(_ text: Substring) -> Int? {
    text.utf8.allSatisfy { (48...57).contains($0) } ? Int(text) : nil
  }
}
