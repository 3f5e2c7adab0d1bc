import Foundation

/// OpenBLAS reads some variables before `main`, and a workplace may have pinned it to kernels that are
/// slower than what the processor runs.
enum CleanEnvironment {
  private static let pins = ["OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"]

  /// Starts this program anew without them, where any is set: removing them now would be too late.
  static func restartWithoutPins() {
    let set = pins.filter { getenv($0) != nil }
    guard !set.isEmpty else { return }
    for name in set { unsetenv(name) }
    var words: [UnsafeMutablePointer<CChar>?] = CommandLine.arguments.map { strdup($0) }
    words.append(nil)
    execv("/proc/self/exe", words)
    // Where that fails the report still names the core that OpenBLAS took.
  }
}
