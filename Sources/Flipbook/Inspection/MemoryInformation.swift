import Foundation

/// The machine's memory, as far as the kernel tells.
package enum MemoryInformation {
  /// Bytes that a program can still get without pushing others out. Nil where nobody tells.
  package static var availableByteCount: Int? { field("MemAvailable:", of: "/proc/meminfo") }

  /// Bytes of address space that the process's own limit (`ulimit -v`) leaves. Nil without a limit.
  package static var addressSpaceLeft: Int? {
    var limit = rlimit()
    let addressSpace = __rlimit_resource_t(9)  // RLIMIT_AS, which Swift imports in no other form
    guard getrlimit(addressSpace, &limit) == 0, limit.rlim_cur < UInt64(Int64.max) else {
      return nil
    }
    return max(Int(limit.rlim_cur) - (field("VmSize:", of: "/proc/self/status") ?? 0), 0)
  }

  /// A row of a file of the kernel's, which counts in kibibytes.
  private static func field(_ name: String, of file: String) -> Int? {
    guard let text = try? String(contentsOfFile: file, encoding: .utf8) else { return nil }
    for line in text.split(separator: "\n") where line.hasPrefix(name) {
      return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
    }
    return nil
  }
}
