import Checkpoint
import Foundation

/// A file of prompts: one a line, or JSON objects a line with a prompt and options; or the parts of
/// one prompt, each with its time.
package enum PromptFile {
  /// No list of prompts is longer, in bytes.
  package static let sizeLimit = 16 << 20

  /// The requests that a file asks for. Empty lines say nothing.
  ///
  /// - Parameters:
  ///   - path: the file; `-` is standard input.
  ///   - base: what holds where a line says nothing.
  ///   - explicit: names of options that the command line has; the words of a prompt give way to them.
  ///   - note: told what gave way.
  /// - Throws: `FlipbookError.input` with the line, or `.option`.
  package static func requests(
    path: String, base: GenerationRequest, explicit: Set<String> = [],
    note: (String) -> Void = { _ in }
  ) throws(FlipbookError) -> [GenerationRequest] {
    try requests(text: read(path), source: path, base: base, explicit: explicit, note: note)
  }

  /// The requests that lines ask for.
  package static func requests(
    text: String, source: String, base: GenerationRequest, explicit: Set<String> = [],
    note: (String) -> Void = { _ in }
  ) throws(FlipbookError) -> [GenerationRequest] {
    if let timed = try TimedPrompt(text, source: source) {
      var request = base
      request.prompt = timed.text
      return [request]
    }
    var requests: [GenerationRequest] = []
    // Swift takes a carriage return with a line feed for one character.
    let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    for (index, line) in lines.enumerated() {
      let place = "\(source), line \(index + 1)"
      let line = line.trimmingCharacters(in: .whitespaces)
      if line.isEmpty { continue }
      var request = base
      if line.hasPrefix("{") {
        try apply(line, place: place, to: &request) { (request) throws(FlipbookError) in
          try ServiceWords.apply(to: &request, explicit: explicit, note: note)
        }
      } else {
        request.prompt = line
        try ServiceWords.apply(to: &request, explicit: explicit, note: note)
      }
      requests.append(request)
    }
    guard !requests.isEmpty else {
      throw .input(name: source, problem: "it holds no prompt", advice: "write one a line")
    }
    return requests
  }

  private static func apply(
    _ line: String, place: String, to request: inout GenerationRequest,
    readingWords: (inout GenerationRequest) throws(FlipbookError) -> Void
  ) throws(FlipbookError) {
    let value: JSONValue
    do {
      value = try JSONValue(parsing: line)
    } catch {
      throw .input(name: place, problem: "column \(error.column): \(error.problem)")
    }
    guard var object = value.object, let prompt = object["prompt"]?.string else {
      throw .input(
        name: place, problem: "expected a JSON object with a string 'prompt'",
        advice: "as in {\"prompt\": \"a red ball bounces\", \"seed\": 7}")
    }
    object["prompt"] = nil
    request.prompt = prompt
    // The line's own keys come after, and so go first.
    try readingWords(&request)
    try OptionLayer.apply(object, GenerationRequest.options, to: &request, source: place)
  }

  private static func read(_ path: String) throws(FlipbookError) -> String {
    let data: Data
    do {
      let handle =
        path == "-"
        ? FileHandle.standardInput : try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      data = try handle.read(upToCount: sizeLimit + 1) ?? Data()
    } catch {
      let problem = FileManager.default.fileExists(atPath: path) ? "cannot be read" : "no such file"
      throw .input(name: "--prompt-file \(path)", problem: problem)
    }
    guard data.count <= sizeLimit else {
      throw .input(name: path, problem: "it is longer than \(sizeLimit >> 20) MiB")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw .input(name: path, problem: "it is not UTF-8 text")
    }
    return text
  }
}
