import Flipbook
import Foundation
import Testing

@testable import flipbook

@Suite struct CompletionScriptTests {
  /// A shell's syntax check; shells that are not installed are skipped.
  @Test(arguments: CompletionScript.Shell.allCases)
  func shellsAcceptIt(shell: CompletionScript.Shell) throws {
    guard let program = path(of: shell.rawValue) else { return }
    let folder = try TemporaryFolder()
    let file = folder.path("script")
    try Data(CompletionScript.script(for: shell, Program.outlines).utf8)
      .write(to: URL(fileURLWithPath: file))
    #expect(try run(program, [shell == .fish ? "--no-execute" : "-n", file]).code == 0)
  }

  @Test(arguments: CompletionScript.Shell.allCases)
  func everyOptionIsThere(shell: CompletionScript.Shell) {
    let script = CompletionScript.script(for: shell, Program.outlines)
    for command in Program.outlines {
      #expect(script.contains(command.name))
      for option in command.options { #expect(script.contains(option.name)) }
    }
  }

  /// What bash offers, asked in bash.
  @Test(arguments: [
    (["flipbook", "gen"], "generate"),
    (["flipbook", "generate", "--guidance-s"], "--guidance-scale"),
    (["flipbook", "generate", "--solver", "u"], "unipc"), (["flipbook", "completion", "z"], "zsh"),
  ])
  func bashCompletes(words: [String], expected: String) throws {
    guard let bash = path(of: "bash") else { return }
    let script = CompletionScript.script(for: .bash, Program.outlines)
    let asked =
      script + "\nCOMP_WORDS=(\(words.map(ShellWord.quoted).joined(separator: " ")))\n"
      + "COMP_CWORD=\(words.count - 1)\n_flipbook\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n"
    #expect(try run(bash, ["-c", asked]).output == expected + "\n")
  }

  private func path(of program: String) -> String? {
    ["/bin/", "/usr/bin/", "/usr/local/bin/"].map { $0 + program }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  private func run(_ program: String, _ arguments: [String]) throws -> (code: Int32, output: String)
  {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }
}
