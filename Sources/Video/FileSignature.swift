/// What a file is, judged by its first bytes; names lie.
enum FileSignature {
  case png, jpeg, webp, gif, isoMedia, matroska
  case empty, gitLFSPointer, html, unknown

  init(_ bytes: UnsafeRawBufferPointer) {
    func has(_ text: String, at offset: Int = 0) -> Bool {
      let pattern = Array(text.utf8)
      return bytes.count >= offset + pattern.count
        && zip(bytes[offset...], pattern).allSatisfy { $0 == $1 }
    }
    func has(_ pattern: [UInt8]) -> Bool {
      bytes.count >= pattern.count && zip(bytes, pattern).allSatisfy { $0 == $1 }
    }
    self =
      if bytes.isEmpty {
        .empty
      } else if has([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) {
        .png
      } else if has([0xff, 0xd8, 0xff]) {
        .jpeg
      } else if has("RIFF") && has("WEBP", at: 8) {
        .webp
      } else if has("GIF8") {
        .gif
      } else if has("ftyp", at: 4) || has("moov", at: 4) || has("mdat", at: 4) {
        .isoMedia
      } else if has([0x1a, 0x45, 0xdf, 0xa3]) {
        .matroska
      } else if has("version https://git-lfs") {
        .gitLFSPointer
      } else if has("<!DOCTYPE") || has("<!doctype") || has("<html") {
        .html
      } else {
        .unknown
      }
  }

  var isVideo: Bool { self == .isoMedia || self == .matroska || self == .gif }

  /// For a message that begins with "is".
  var words: String {
    switch self {
    case .png: "a PNG picture"
    case .jpeg: "a JPEG picture"
    case .webp: "a WebP picture"
    case .gif: "a GIF"
    case .isoMedia: "an mp4 or a relative of it"
    case .matroska: "a Matroska or WebM video"
    case .empty: "empty"
    case .gitLFSPointer: "a git-lfs pointer (run \"git lfs pull\")"
    case .html: "a web page"
    case .unknown: "of an unknown kind"
    }
  }
}
