/// How many bytes are missing at the end of an mp4 or QuickTime file, going by the lengths of its
/// boxes (ISO/IEC 14496-12, section 4.2): libav reads what is there and says nothing.
///
/// - Returns: nil where it is whole.
func missingByteCount(_ bytes: UnsafeRawBufferPointer) -> Int? {
  var offset = 0
  while offset + 8 <= bytes.count {
    var length = bigEndian(bytes, at: offset, byteCount: 4)
    if length == 0 { return nil }  // to the end of the file
    if length == 1 {
      guard offset + 16 <= bytes.count else { return 16 - (bytes.count - offset) }
      length = bigEndian(bytes, at: offset + 8, byteCount: 8)
    }
    guard length >= 8 else { return nil }  // damage, for libav to judge
    if length > bytes.count - offset { return length - (bytes.count - offset) }
    offset += length
  }
  return nil
}

/// Width and height of a PNG, from its header (PNG, section 11.2.2).
func pngSize(_ bytes: UnsafeRawBufferPointer) -> PictureSize? {
  guard bytes.count >= 24 else { return nil }
  return PictureSize(
    width: bigEndian(bytes, at: 16, byteCount: 4), height: bigEndian(bytes, at: 20, byteCount: 4))
}

/// The segments of a JPEG up to its first scan (ITU-T T.81, annex B).
struct JPEGHeader {
  /// From the frame header; nil where there is none before the first scan.
  let size: PictureSize?
  /// Whether a scan is there and, somewhere after it, the marker that ends the picture.
  let isWhole: Bool

  init(_ bytes: UnsafeRawBufferPointer) {
    var size: PictureSize?
    var scan: Int?
    var offset = 2
    while scan == nil, offset + 9 <= bytes.count, bytes[offset] == 0xff {
      let marker = bytes[offset + 1]
      if marker == 0xff {  // a byte of padding
        offset += 1
        continue
      }
      // Start of frame: C0 to CF but for three tables that lie between.
      if (0xc0...0xcf).contains(marker), ![0xc4, 0xc8, 0xcc].contains(marker) {
        size = PictureSize(
          width: bigEndian(bytes, at: offset + 7, byteCount: 2),
          height: bigEndian(bytes, at: offset + 5, byteCount: 2))
      }
      if marker == 0xda { scan = offset }
      offset += 2 + bigEndian(bytes, at: offset + 2, byteCount: 2)
    }
    self.size = size
    guard let scan else {
      isWhole = false
      return
    }
    isWhole = zip(bytes[scan...], bytes[(scan + 1)...]).contains { $0 == 0xff && $1 == 0xd9 }
  }
}

/// An unsigned number, at most `Int.max`, whose bytes are there.
private func bigEndian(_ bytes: UnsafeRawBufferPointer, at offset: Int, byteCount: Int) -> Int {
  let value = bytes[offset..<offset + byteCount].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
  return Int(clamping: value)
}
