import Files

/// How a picture was made, in an `iTXt` chunk of its PNG (PNG, section 11.3.4.5): `Comment`, as UTF-8.
package enum PNGComment {
  private static let keyword = Array("Comment".utf8)
  /// The signature, and the header chunk, which comes first.
  private static let headerLength = 8 + 25

  /// A PNG with a comment behind its header.
  static func inserted(_ comment: String, in png: [UInt8]) -> [UInt8] {
    precondition(png.count > headerLength, "no PNG")
    // Neither compressed, nor in a language, nor with a translated keyword.
    let body = Array("iTXt".utf8) + keyword + [0, 0, 0, 0, 0] + Array(comment.utf8)
    let chunk = bigEndian(UInt32(body.count - 4)) + body + bigEndian(checksum(body))
    return png[..<headerLength] + chunk + png[headerLength...]
  }

  /// The size of a PNG file and its comment.
  ///
  /// - Returns: nil where the file is no PNG; a nil comment where it has none.
  /// - Throws: `VideoError.file`.
  package static func read(
    _ path: String
  ) throws(VideoError) -> (size: PictureSize, comment: String?)? {
    let input = try file { () throws(FileError) in try MappedFile(path) }
    let bytes = input.bytes
    guard FileSignature(bytes) == .png, let size = pngSize(bytes) else { return nil }
    var offset = 8
    while offset + 12 <= bytes.count {
      let length = bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
      guard length <= bytes.count - offset - 12 else { break }
      let body = Array(bytes[offset + 4..<offset + 8 + length])
      if let comment = comment(body) { return (size, comment) }
      offset += 12 + length
    }
    return (size, nil)
  }

  private static func comment(_ body: [UInt8]) -> String? {
    let start = Array("iTXt".utf8) + keyword + [0, 0, 0, 0, 0]
    guard body.starts(with: start) else { return nil }
    return String(validating: body.dropFirst(start.count), as: UTF8.self)
  }

  private static func bigEndian(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * UInt32($0))) }
  }

  /// CRC-32 of PNG, section 5.5, bit by bit: a comment is a few hundred bytes.
  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var crc = UInt32.max
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
    }
    return ~crc
  }
}
