import Files
import Foundation

/// What `--first-frame` and `--last-frame` name: a picture, or a frame of a video, `clip.mp4#12`.
struct PictureReference: Equatable {
  let path: String
  /// Which frame of a video, −1 the last; nil for a picture.
  let frame: Int?

  /// A name with `#` and a number at its end is a frame, unless a file has just this name.
  init(_ text: String) {
    guard !FileManager.default.fileExists(atPath: text), let mark = text.lastIndex(of: "#"),
      mark > text.startIndex, let frame = Self.number(text[text.index(after: mark)...])
    else {
      (path, frame) = (text, nil)
      return
    }
    (path, self.frame) = (String(text[..<mark]), frame)
  }

  private static func number(_ text: Substring) -> Int? {
    let digits = text.hasPrefix("-") ? text.dropFirst() : text
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return Int(text)
  }
}
