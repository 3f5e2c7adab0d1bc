import Files
import Glibc
import TestSupport
import Testing

@Suite struct LineFileTests {
  private func text(_ path: String) throws -> String {
    String(decoding: try MappedFile(path).array(), as: UTF8.self)
  }

  @Test func linesAreKept() throws {
    let scratch = try ScratchDirectory()
    let path = scratch.path + "/lines"
    do {
      let file = try LineFile(creating: path)
      #expect(file.lines == [] && file.tail == "")
      try file.append("a")
      try file.append("")
    }
    let file = try LineFile(path)
    #expect(file.lines == ["a", ""])
    try file.append("c é")
    #expect(try text(path) == "a\n\nc é\n")
  }

  /// What a killed process leaves: the beginning of a line is shown apart, and the next line takes its
  /// place.
  @Test func aTornLineIsReplaced() throws {
    let scratch = try ScratchDirectory()
    let path = try scratch.write("whole\nbegin", to: "lines")
    let file = try LineFile(path)
    #expect(file.lines == ["whole"] && file.tail == "begin")
    #expect(try text(path) == "whole\nbegin")
    try file.append("b")
    #expect(try text(path) == "whole\nb\n")
  }

  @Test func oneWriterAtATime() throws {
    let scratch = try ScratchDirectory()
    let path = try scratch.write("", to: "lines")
    let first = try LineFile(path)
    let error = #expect(throws: FileError.self) { try LineFile(path) }
    #expect(error?.description.contains("another run") == true)
    try first.append("a")
  }

  @Test func placesThatCannotHoldOne() throws {
    let scratch = try ScratchDirectory()
    #expect(throws: FileError.isDirectory(path: scratch.path)) { try LineFile(scratch.path) }
    #expect(throws: FileError.notARegularFile(path: "/dev/null")) { try LineFile("/dev/null") }
    #expect(throws: FileError.self) { try LineFile(scratch.path + "/none") }
    #expect(throws: FileError.self) { try LineFile(creating: scratch.path + "/none/lines") }
    #expect(try scratch.names == [])
  }

  /// A full disk, which a limit of file sizes stands for, leaves the lines before.
  @Test func aRefusedLineIsTakenBack() async throws {
    await #expect(processExitsWith: .success) {
      let scratch = try ScratchDirectory()
      let path = scratch.path + "/lines"
      let file = try LineFile(creating: path)
      try file.append("first")
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 100, rlim_max: 100)
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      #expect(throws: FileError.self) { try file.append(String(repeating: "x", count: 200)) }
      #expect(try MappedFile(path).array() == Array("first\n".utf8))
      try file.append("second")
      #expect(try MappedFile(path).array() == Array("first\nsecond\n".utf8))
    }
  }

  @Test func digestsOfFilesAndFolders() throws {
    let scratch = try ScratchDirectory()
    let file = try scratch.write("abc", to: "f/a")
    let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    #expect(try SHA256.hexDigest(ofFileAt: file) == digest)
    #expect(
      try SHA256.hexDigest(ofFileAt: scratch.path + "/f")
        == SHA256.hexDigest(of: Array("\(digest)  a\n".utf8)))
    #expect(try SHA256.hexDigest(ofFileAt: scratch.path + "/none") == nil)
  }
}
