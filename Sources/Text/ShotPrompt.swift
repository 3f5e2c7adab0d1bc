/// A prompt as a list of shots.
///
///     global || text of shot 1 [cut] text of shot 2 [cut 1.5s] text of shot 3
///
/// `[cut]`, `[SHOT CUT]` and `[镜头切换]` divide; a length in seconds within the mark is that of the
/// shot that follows. A mark with a length may stand before the first shot as well. Text that ends
/// with `||`, before the first shot's own, leads every shot.
package struct ShotPrompt: Sendable, Equatable {
  /// One shot: what the text encoder reads, and how long it lasts.
  package struct Shot: Sendable, Equatable {
    /// The global text and the shot's own, joined by one space.
    package let text: String
    /// The length in seconds, above zero, where the prompt gives one.
    package let seconds: Double?

    package init(text: String, seconds: Double? = nil) {
      self.text = text
      self.seconds = seconds
    }
  }

  /// The shots in their order, at least one.
  package let shots: [Shot]
  /// The text that leads every shot, or nil.
  package let global: String?

  /// The most shots that a prompt may hold unless the caller says otherwise.
  package static let maximumShots = 6

  /// Divides a prompt.
  ///
  /// - Throws: `TextError`: `.emptyPrompt`, `.emptyShot`, `.emptyGlobalText`,
  ///   `.misplacedGlobalMark`, `.unclosedMark`, `.shotLength`, `.tooManyShots`.
  package init(
    parsing prompt: String, maximumShots: Int = ShotPrompt.maximumShots
  ) throws(TextError) {
    guard !BasicTokenizer.isBlank(prompt) else { throw .emptyPrompt }
    var reader = ShotPromptReader(prompt)
    var global: String?
    var texts: [String] = []
    var lengths: [Double?] = []
    var text = ""
    var seconds: Double?

    while let element = try reader.next() {
      switch element {
      case .text(let part):
        text += part
      case .globalMark:
        guard texts.isEmpty, global == nil else {
          throw .misplacedGlobalMark(shot: texts.count + 1)
        }
        guard !BasicTokenizer.isBlank(text) else { throw .emptyGlobalText }
        global = text.trimmed
        text = ""
      case .cut(let length):
        // Ahead of the first shot's text, a mark with a length divides nothing: it is that shot's.
        if let length, texts.isEmpty, seconds == nil, BasicTokenizer.isBlank(text) {
          seconds = length
          text = ""
          continue
        }
        texts.append(text)
        lengths.append(seconds)
        text = ""
        seconds = length
      }
    }
    texts.append(text)
    lengths.append(seconds)

    for (index, text) in texts.enumerated() where BasicTokenizer.isBlank(text) {
      throw .emptyShot(index + 1)
    }
    guard texts.count <= maximumShots else {
      throw .tooManyShots(found: texts.count, limit: maximumShots)
    }
    self.global = global
    shots = zip(texts, lengths).map { text, seconds in
      Shot(text: (global.map { $0 + " " } ?? "") + text.trimmed, seconds: seconds)
    }
  }
}

extension StringProtocol {
  /// Without white space at either end.
  var trimmed: String {
    let scalars = unicodeScalars
    guard let first = scalars.firstIndex(where: { !$0.isBERTWhitespace }),
      let last = scalars.lastIndex(where: { !$0.isBERTWhitespace })
    else { return "" }
    return String(self[first...last])
  }
}

extension ShotPrompt {
  /// Shots as one prompt, with their marks and lengths.
  package static func text(
    of shots: [(text: String, seconds: Double?)], global: String? = nil
  ) -> String {
    let marked = shots.enumerated().map { index, shot in
      if let seconds = shot.seconds { return "[cut \(text(seconds: seconds))] \(shot.text)" }
      return index > 0 ? "[cut] \(shot.text)" : shot.text
    }
    return (global.map { "\($0) || " } ?? "") + marked.joined(separator: " ")
  }

  /// A length as a mark has it: `1.5s`, to the thousandth.
  private static func text(seconds: Double) -> String {
    let rounded = (seconds * 1000).rounded() / 1000
    return Int(exactly: rounded).map { "\($0)s" } ?? "\(rounded)s"
  }
}
