/// Names for results that nobody named.
package enum OutputName {
  /// Bytes that a slug may have; the name stays below every file system's limit of 255.
  package static let slugLimit = 80

  /// A prompt as a file name: letters and digits of any script in lower case, single dashes
  /// between them, nothing that a shell or a file system reads otherwise.
  package static func slug(_ prompt: String) -> String {
    var slug = ""
    for character in prompt.lowercased() {
      let next = character.isLetter || character.isNumber ? String(character) : "-"
      if next == "-" && (slug.isEmpty || slug.hasSuffix("-")) { continue }
      if slug.utf8.count + next.utf8.count > slugLimit { break }
      slug += next
    }
    while slug.hasSuffix("-") { slug.removeLast() }
    return slug.isEmpty ? "video" : slug
  }

  /// `PROMPT-SEED.mp4`, or `.png` for a picture.
  package static func standard(
    prompt: String, seed: UInt64, isPicture: Bool = false
  ) -> String {
    "\(slug(prompt))-\(seed).\(isPicture ? "png" : "mp4")"
  }

  /// The name of item `index` (from 0) of `count` results that share one `--output`:
  /// `out.mp4` becomes `out-1.mp4`, `out-2.mp4` …, with leading zeros so that they sort.
  package static func numbered(_ path: String, index: Int, count: Int) -> String {
    guard count > 1 else { return path }
    let digits = String(count).count
    let number = String(index + 1)
    let padded = String(repeating: "0", count: max(0, digits - number.count)) + number
    let (stem, suffix) = splitExtension(path)
    return suffix.isEmpty ? "\(trimmed(path))-\(padded)" : "\(stem)-\(padded).\(suffix)"
  }

  /// The name of a video's contact sheet: `out.mp4` becomes `out-sheet.png`.
  package static func sheet(of video: String) -> String {
    splitExtension(trimmed(video)).stem + "-sheet.png"
  }

  /// A path without its trailing slashes.
  package static func trimmed(_ path: String) -> String {
    var path = path
    while path.count > 1 && path.hasSuffix("/") { path.removeLast() }
    return path
  }

  /// The path without its extension, and the extension; a leading dot is none.
  private static func splitExtension(_ path: String) -> (stem: String, extension: String) {
    let name = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    guard let dot = path[name...].lastIndex(of: "."), dot > name else { return (path, "") }
    return (String(path[..<dot]), String(path[path.index(after: dot)...]))
  }
}
