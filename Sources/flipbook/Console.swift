import Flipbook
import Foundation

/// The two streams: results on standard output, everything else on standard error.
enum Console {
  /// Writes to standard output, whole or with an error.
  ///
  /// - Throws: `FlipbookError.file` where the reader has gone or the disk is full.
  static func print(_ text: String) throws(FlipbookError) {
    let code = write(Array(text.utf8), to: STDOUT_FILENO)
    guard code != 0 else { return }
    throw .file(
      path: "standard output", problem: "cannot be written: \(String(cString: strerror(code)))")
  }

  /// Writes to standard error; what cannot be written is lost.
  static func note(_ text: String) { _ = write(Array(text.utf8), to: STDERR_FILENO) }

  /// Says what went wrong and what to do.
  static func report(_ error: FlipbookError) {
    note("flipbook: \(error)\n")
    if let advice = error.advice { note("  \(advice)\n") }
  }

  /// Ends the process at once: nothing is buffered here, and exit handlers of libraries have nothing to tidy up.
  static func finish(_ code: ExitCode) -> Never { _exit(code.rawValue) }

  /// - Returns: zero, or the `errno` of the call that failed.
  private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
    bytes.withUnsafeBytes { buffer in
      var rest = buffer
      while let base = rest.baseAddress, rest.count > 0 {
        let count = Foundation.write(descriptor, base, rest.count)
        if count < 0 {
          if errno == EINTR { continue }
          return errno
        }
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      }
      return 0
    }
  }
}
