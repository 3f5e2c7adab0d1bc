import Foundation

/// A prompt whose text changes with time and without a cut:
///
///     0-2s: a red ball rolls to the left
///     2-4s: the red ball jumps
///
/// The times follow one another from 0 on, in seconds.
public struct TimedPrompt: Sendable, Equatable {
  /// A text and when it holds.
  public struct Part: Sendable, Equatable {
    /// In seconds.
    public let start: Double
    public let end: Double
    public let text: String
  }

  /// In order, at least one.
  public let parts: [Part]
  /// The length of the whole.
  public var seconds: Double { parts[parts.count - 1].end }

  init(parts: [Part]) { self.parts = parts }

  /// Reads a prompt.
  ///
  /// - Parameters:
  ///   - prompt: the text, a part a line.
  ///   - source: the file that it comes from, for messages.
  /// - Returns: nil where the first line has no time: then it is a prompt of another kind.
  /// - Throws: `FlipbookError.input` where times leave gaps, overlap, run backwards, or are missing in
  ///   a later line, and where a part says nothing or holds a cut.
  public init?(_ prompt: String, source: String = "prompt") throws(FlipbookError) {
    var parts: [Part] = []
    let lines = prompt.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    for (index, line) in lines.enumerated() {
      let line = line.trimmingCharacters(in: .whitespaces)
      if line.isEmpty { continue }
      let place = "\(source), line \(index + 1)"
      guard let part = Self.part(line) else {
        if parts.isEmpty { return nil }
        throw .input(
          name: place, problem: "it has no time, and the lines before have one",
          advice: Self.advice)
      }
      try Self.check(part, after: parts.last, place: place)
      parts.append(part)
    }
    if parts.isEmpty { return nil }
    self.parts = parts
  }

  /// The prompt, a part a line.
  public var text: String {
    parts.map { "\(Self.number($0.start))-\(Self.number($0.end))s: \($0.text)" }
      .joined(separator: "\n")
  }

  private static let advice = "write '0-2s: a red ball rolls', then '2-4s: it jumps'"

  private static func number(_ value: Double) -> String {
    Int(exactly: value).map(String.init) ?? "\(value)"
  }

  private static func check(
    _ part: Part, after before: Part?, place: String
  ) throws(FlipbookError) {
    let expected = before?.end ?? 0
    func fail(_ problem: String) -> FlipbookError {
      .input(name: place, problem: problem, advice: advice)
    }
    let (start, end) = (number(part.start), number(part.end))
    if part.end <= part.start { throw fail("\(start)-\(end)s ends before it begins") }
    if part.start > expected {
      throw fail("nothing is said about \(number(expected)) to \(start) s")
    }
    if part.start < expected {
      throw before.map { part.start < $0.start } == true
        ? fail("\(start)-\(end)s stands behind \(number(before?.start ?? 0)) s: the order is wrong")
        : fail("\(start) to \(number(min(expected, part.end))) s is said twice")
    }
    if part.text.isEmpty { throw fail("\(start)-\(end)s says nothing") }
    if part.text.lowercased().contains("[cut") || part.text.contains("[镜头切换]") {
      throw fail("a text with a time holds a cut")
    }
  }

  /// `0-2s: text`, or nil.
  private static func part(_ line: String) -> Part? {
    guard let colon = line.firstIndex(of: ":") else { return nil }
    var time = line[..<colon].filter { !$0.isWhitespace }
    guard time.popLast() == "s" else { return nil }
    let numbers = time.split(omittingEmptySubsequences: false) { $0 == "-" || $0 == "–" }
    guard numbers.count == 2, let start = seconds(numbers[0]), let end = seconds(numbers[1]) else {
      return nil
    }
    let text = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    return Part(start: start, end: end, text: text)
  }

  private static func seconds(_ text: Substring) -> Double? {
    guard text.count <= 12, text.utf8.allSatisfy({ (48...57).contains($0) || $0 == 46 }) else {
      return nil
    }
    return Double(text)
  }
}
