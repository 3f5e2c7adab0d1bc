// A clip that is longer than the model was trained for is made of stretches. Each is a clip of its own
// to the transformer, as long as those of training, whose first latents are given: they are the last
// ones of the stretch before. To the decoder all are one clip.
//
//   latents   0 ───────── 6
//                   4 ───────── 10            latent 4 anew, as the picture that a clip begins with
//                         8 ───────── 14      (its last frame alone), 5 and 6 as they are
//
// The first latent of a clip is one frame and the others are four, so that the window of a stretch
// that starts at latent a > 0 begins with the picture 4a, the last of the four.

/// A part of a clip that is sampled at once.
package struct Stretch: Sendable, Equatable {
  /// The first latent frame of its window, in the clip.
  package let start: Int
  /// Latent frames of its window, T.
  package let frames: Int
  /// How many latents at the start of the window are there already.
  package let given: Int
  /// The texts of its shots, and the latent frames of each, together T.
  package let texts: [String]
  package let shotFrames: [Int]

  /// The latent frame of the clip behind the window.
  package var end: Int { start + frames }

  /// How long stretches are, in latent frames.
  struct Lengths {
    /// The longest clip that is sampled at once.
    let longest: Int
    /// A stretch of a longer clip.
    let stretch: Int
    /// The least that a stretch takes over from the one before; less would not tell it where things
    /// move to.
    let overlap: Int

    init(longest: Int, native: Int) {
      self.longest = longest
      stretch = min(max(native, 2), longest)
      overlap = max(1, min(Self.standardOverlap, stretch - 2))
    }

    private static let standardOverlap = 3
  }

  /// A text that holds for some latent frames.
  struct Passage {
    let text: String
    let frames: Int
  }

  /// Divides a clip whose shots are divided by cuts; stretches take no notice of them.
  static func divide(
    shots: [Passage], opening: Int, lengths: Lengths
  ) -> [Stretch] {
    let count = shots.reduce(0) { $0 + $1.frames }
    return windows(ends: [count], opening: opening, lengths).map { window in
      var parts: [Passage] = []
      var position = 0
      for shot in shots {
        let common = min(position + shot.frames, window.end) - max(position, window.start)
        if common > 0 { parts.append(Passage(text: shot.text, frames: common)) }
        position += shot.frames
      }
      return Stretch(window, parts)
    }
  }

  /// Divides a clip whose text changes without a cut: a stretch has one text, that of its new latents.
  static func divide(
    passages: [Passage], opening: Int, lengths: Lengths
  ) -> [Stretch] {
    var ends: [Int] = []
    for passage in passages { ends.append((ends.last ?? 0) + passage.frames) }
    return windows(ends: ends, opening: opening, lengths).map { window in
      let index = ends.firstIndex { $0 >= window.end } ?? ends.count - 1
      return Stretch(
        window, [Passage(text: passages[index].text, frames: window.end - window.start)])
    }
  }

  private typealias Window = (start: Int, end: Int, given: Int)

  private init(_ window: Window, _ parts: [Passage]) {
    start = window.start
    frames = window.end - window.start
    given = window.given
    texts = parts.map(\.text)
    shotFrames = parts.map(\.frames)
  }

  /// The windows of stretches that end at each of `ends` and wherever else they must. What is new is
  /// shared equally among those between two ends, and each is filled up with what is there already.
  private static func windows(ends: [Int], opening: Int, _ lengths: Lengths) -> [Window] {
    let first = ends[0]
    var result: [Window] = [
      (0, first <= lengths.longest ? first : max(lengths.stretch, opening + 1), opening)
    ]
    for end in ends {
      let position = result[result.count - 1].end
      let new = end - position
      let count =
        (new + lengths.stretch - lengths.overlap - 1) / (lengths.stretch - lengths.overlap)
      for index in 0..<count {
        let start = result[result.count - 1].end
        let stop = position + new * (index + 1) / count
        let window = max(0, stop - lengths.stretch)
        result.append((window, stop, start - window))
      }
    }
    return result
  }
}
