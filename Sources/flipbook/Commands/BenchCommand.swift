import Flipbook
import Foundation

/// `flipbook bench`: hands over to the program of the nested package `Benchmarks`, so that nobody
/// who imports Flipbook builds it.
enum BenchCommand {
  struct Settings: Sendable {}

  static let declaration = Command<Settings>(
    "bench", "kernels, steps and whole runs, measured", operands: "[ARGUMENTS]",
    operandCount: 0...Int.max, options: [],
    examples: [("flipbook bench --help", "what the benchmarks take")])

  /// How to build and run it where it is not built yet.
  static let invocation = "swift run -c release --package-path Benchmarks"

  /// - Parameter arguments: handed on as they are.
  static func run(_ arguments: [String]) throws -> ExitCode {
    guard let program = program() else {
      if arguments.contains("--help") || arguments.contains("-h") {
        try Console.print(HelpText.command(declaration.outline))
        return .done
      }
      throw FlipbookError.file(
        path: "Benchmarks", problem: "the benchmarks are not built",
        advice: "in a clone of the repository: \(invocation)")
    }
    var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
    words.append(nil)
    execv(program, words)
    throw FlipbookError.file(path: program, problem: String(cString: strerror(errno)))
  }

  /// The built program: in `Benchmarks/.build/release` of the repository that this program lies in,
  /// or of the working directory; `FLIPBOOK_BENCHMARKS` names another.
  private static func program() -> String? {
    if let path = ProcessInfo.processInfo.environment["FLIPBOOK_BENCHMARKS"] {
      return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }
    let name = "/Benchmarks/.build/release/flipbook-benchmarks"
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    var directory = URL(fileURLWithPath: own).deletingLastPathComponent()
    var roots = [FileManager.default.currentDirectoryPath]
    while directory.path != "/" {
      roots.append(directory.path)
      directory.deleteLastPathComponent()
    }
    return roots.map { $0 + name }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}
