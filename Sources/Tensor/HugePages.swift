import Glibc

/// Pages of 2 MiB instead of 4 KiB: a five-hundredth of the page faults when memory is first touched,
/// and of the addresses that the processor has to look up.
package enum HugePages {
  /// The size of one on the processors that Flipbook runs on, and the alignment that it needs.
  package static let byteCount = 2 << 20

  /// What the system does, in its own words: `always`, `madvise` (for those who ask, as Flipbook does)
  /// or `never`. Nil where it does not tell.
  package static var policy: String? {
    guard let file = fopen("/sys/kernel/mm/transparent_hugepage/enabled", "r") else { return nil }
    defer { fclose(file) }
    var bytes = [CChar](repeating: 0, count: 128)
    guard fgets(&bytes, Int32(bytes.count), file) != nil else { return nil }
    let text = bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return policy(in: String(decoding: text, as: UTF8.self))
  }

  /// The word in brackets: `always [madvise] never`.
  package static func policy(in text: String) -> String? {
    text.split(whereSeparator: \.isWhitespace).first { $0.hasPrefix("[") && $0.hasSuffix("]") }
      .map { String($0.dropFirst().dropLast()) }
  }

  /// Of a mapping that is `byteCount − 1` bytes too long, keeps `count` bytes from the first address on
  /// where a huge page can begin, gives the others back, and asks for huge pages. Pages that are not
  /// filled to the end stay small, so that no memory is wasted.
  static func aligned(
    _ start: UnsafeMutableRawPointer, keeping count: Int
  ) -> UnsafeMutableRawPointer {
    let base = start.alignedUp(toMultipleOf: byteCount)
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let kept = (count + page - 1) / page * page
    if base > start { munmap(start, base - start) }
    let end = start + (count + byteCount - 1 + page - 1) / page * page
    if end > base + kept { munmap(base + kept, end - (base + kept)) }
    // A wish: where the system does not grant it, small pages do as well.
    _ = madvise(base, count, MADV_HUGEPAGE)
    return base
  }
}
