import COpenSSL

/// SHA-256 (FIPS 180-4) over a stream of bytes, by OpenSSL: with the processor's instructions for it a model
/// of a hundred megabytes takes a twentieth of a second.
package struct SHA256: ~Copyable {
  private let context: OpaquePointer

  package init() {
    guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
      fatalError("libcrypto has no SHA-256: install OpenSSL as its distribution ships it")
    }
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Takes in more bytes.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard !bytes.isEmpty else { return }
    precondition(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1)
  }

  /// Takes in more bytes.
  package mutating func update(_ bytes: some Sequence<UInt8>) {
    let array = Array(bytes)
    array.withUnsafeBytes { update($0) }
  }

  /// The 32 bytes of the digest of everything taken in so far.
  package func digest() -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    // A copy, since a context takes nothing more once it has given its digest.
    let copy = EVP_MD_CTX_new()
    defer { EVP_MD_CTX_free(copy) }
    precondition(
      EVP_MD_CTX_copy_ex(copy, context) == 1 && EVP_DigestFinal_ex(copy, &digest, nil) == 1)
    return digest
  }

  /// The digest as 64 lower-case hexadecimal digits, as `sha256sum` prints it.
  package func hexDigest() -> String { hexadecimal(digest()) }

  /// The digest of one piece of bytes in hexadecimal.
  package static func hexDigest(of bytes: UnsafeRawBufferPointer) -> String {
    var hash = SHA256()
    hash.update(bytes)
    return hash.hexDigest()
  }

  /// The digest of one array of bytes in hexadecimal.
  package static func hexDigest(of bytes: [UInt8]) -> String {
    bytes.withUnsafeBytes { hexDigest(of: $0) }
  }
}

/// Bytes as lower-case hexadecimal digits.
package func hexadecimal(_ bytes: [UInt8]) -> String {
  let digits = Array("0123456789abcdef".utf8)
  return String(
    decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}
