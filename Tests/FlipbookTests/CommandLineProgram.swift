import Foundation
import Synchronization
import Testing

/// The built program, run as a user runs it.
struct CommandLineProgram {
  /// What a run left behind.
  struct Outcome: Sendable {
    let code: Int32
    let output: String
    let errors: String
  }

  /// It lies beside the test bundle.
  static let path: String = {
    let bundle =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(fileURLWithPath: bundle).deletingLastPathComponent()
      .appendingPathComponent("flipbook").path
  }()

  /// Runs it to its end.
  ///
  /// - Parameters:
  ///   - arguments: what stands after `flipbook`.
  ///   - folder: the working directory.
  ///   - environment: added to an otherwise bare one.
  ///   - limits: shell commands that come first, as `ulimit -v 1000000`.
  ///   - redirection: what the shell appends, as `> /dev/full`.
  ///   - during: called with the running process.
  static func run(
    _ arguments: [String], in folder: TemporaryFolder, environment: [String: String] = [:],
    limits: String = ":", redirection: String = "",
    during: ((Process) throws -> Void)? = nil
  ) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments =
      ["-c", "\(limits); exec \"$0\" \"$@\" \(redirection)", path] + arguments
    process.currentDirectoryURL = folder.url
    process.environment = [
      // Whether the benchmarks happen to be built is nothing to the tests.
      "FLIPBOOK_BENCHMARKS": "none",
      "PATH": "/usr/bin:/bin", "HOME": folder.url.path, "XDG_DATA_DIRS": folder.path("share"),
      "LD_LIBRARY_PATH": ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"] ?? "",
    ].merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    // Both pipes are emptied at once, so that neither fills up and stops the program.
    let collected = Mutex(Data())
    let group = DispatchGroup()
    try process.run()
    DispatchQueue.global().async(group: group) {
      let data = errors.fileHandleForReading.readDataToEndOfFile()
      collected.withLock { $0 = data }
    }
    try during?(process)
    let result = output.fileHandleForReading.readDataToEndOfFile()
    group.wait()
    process.waitUntilExit()
    return Outcome(
      code: process.terminationStatus, output: String(decoding: result, as: UTF8.self),
      errors: collected.withLock { String(decoding: $0, as: UTF8.self) })
  }
}
