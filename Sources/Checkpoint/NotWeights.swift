/// Recognises what commonly lies in place of a safetensors file, by its first bytes.
///
/// - Returns: what it is and what to do, in words; nil where it is nothing known.
func recognizedImpostor(_ bytes: UnsafeRawBufferPointer) -> String? {
  func starts(_ text: String) -> Bool { bytes.starts(with: text.utf8) }
  if bytes.isEmpty { return "an empty file; fetch it again" }
  if starts("version https://git-lfs") {
    return "a git-lfs pointer, not the file itself; run \"git lfs pull\" in its repository"
  }
  if starts("PK\u{3}\u{4}") || bytes.starts(with: [0x80, 0x02]) {
    return "a PyTorch pickle (.bin, .pt), which can run any code when it is opened; "
      + "convert it to safetensors"
  }
  if starts("GGUF") { return "a GGUF file; Flipbook reads safetensors" }
  var text = bytes.prefix(512)[...]
  if text.starts(with: [0xef, 0xbb, 0xbf]) { text = text.dropFirst(3) }
  text = text.drop { $0 == 0x20 || (0x09...0x0d).contains($0) }
  if text.first == UInt8(ascii: "<") {
    return "a web page (HTML), as servers send in place of a file that needs a login or has moved; "
      + "fetch it again"
  }
  if text.first == UInt8(ascii: "{") {
    return "a JSON text without the eight bytes of length that safetensors begins with; "
      + "fetch it again"
  }
  return nil
}
