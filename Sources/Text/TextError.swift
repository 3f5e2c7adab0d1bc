/// What can be wrong with a prompt or a vocabulary.
package enum TextError: Error, Equatable, Sendable {
  /// A vocabulary that cannot be read at all.
  case unreadable(file: String, reason: String)
  /// A vocabulary that is not one: the line counts from 1, or is nil where the whole file is meant.
  case vocabulary(file: String, line: Int?, problem: String)
  /// Text longer than the model reads; counts include `[CLS]` and `[SEP]`. The shot counts from 1.
  case tooManyTokens(shot: Int?, found: Int, limit: Int)
  /// A prompt that says nothing.
  case emptyPrompt
  /// A shot that says nothing; shots count from 1.
  case emptyShot(Int)
  /// `||` with no text before it.
  case emptyGlobalText
  /// `||` a second time, or behind the first cut; the shot counts from 1.
  case misplacedGlobalMark(shot: Int)
  /// A shot mark that opens with `[` and never closes.
  case unclosedMark(String)
  /// A shot mark with something other than a length in it.
  case shotLength(mark: String)
  /// More shots than the model takes.
  case tooManyShots(found: Int, limit: Int)
}

extension TextError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unreadable(let file, let reason):
      "cannot read \(file): \(reason)"
    case .vocabulary(let file, let line, let problem):
      "\(file)\(line.map { ", line \($0)" } ?? ""): \(problem); expected a WordPiece vocabulary,"
        + " one word a line"
    case .tooManyTokens(let shot, let found, let limit):
      "\(shot.map { "shot \($0)" } ?? "the prompt") has \(found) tokens, the model reads at most"
        + " \(limit) (two of them mark start and end): shorten it, or divide it with [cut]"
    case .emptyPrompt:
      "the prompt is empty: write what the video shows"
    case .emptyShot(let shot):
      "shot \(shot) of the prompt is empty: write what it shows, or remove its [cut]"
    case .emptyGlobalText:
      "nothing stands before || : write the text that leads every shot, or remove the ||"
    case .misplacedGlobalMark(let shot):
      "|| in shot \(shot): it may stand once, behind the text that leads every shot and before the"
        + " first shot's own text"
    case .unclosedMark(let mark):
      "\(mark) has no closing bracket: write [cut] or [cut 1.5s]"
    case .shotLength(let mark):
      "\(mark) holds no length that can be used: write seconds above zero, such as [cut 1.5s]"
    case .tooManyShots(let found, let limit):
      "the prompt has \(found) shots, at most \(limit) are possible: remove a [cut]"
    }
  }
}
