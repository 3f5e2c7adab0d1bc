import Files
import Glibc
import TestSupport
import Testing

@Suite struct OutputCheckTests {
  @Test func aGoodPlaceStaysAsItWas() throws {
    let scratch = try ScratchDirectory()
    try scratch.write([1], to: "old")
    try checkOutputFile(scratch.path + "/new", byteCount: 1000)
    try checkOutputFile(scratch.path + "/old")
    try checkOutputDirectory(scratch.path)
    try checkOutputDirectory(scratch.path + "/folder/")
    #expect(try scratch.names == ["old"])
    #expect(try MappedFile(scratch.path + "/old").array() == [1])
  }

  @Test func wrongPlacesAreNamed() throws {
    let scratch = try ScratchDirectory()
    let file = try scratch.write([1], to: "file")
    let path = scratch.path
    #expect(throws: FileError.directoryMissing(path: path + "/a/b", directory: path + "/a")) {
      try checkOutputFile(path + "/a/b")
    }
    #expect(throws: FileError.isDirectory(path: path)) { try checkOutputFile(path) }
    #expect(throws: FileError.notADirectory(path: file)) { try checkOutputFile(file + "/b") }
    #expect(throws: FileError.notADirectory(path: file)) { try checkOutputDirectory(file) }
    // Renaming onto a device would replace it.
    #expect(throws: FileError.notARegularFile(path: "/dev/full")) {
      try checkOutputFile("/dev/full")
    }
    #expect(throws: FileError.badPath(path: "")) { try checkOutputFile("") }
  }

  @Test func aDirectoryThatTakesNoFilesIsRefused() throws {
    // Not even root can create a file here.
    let error = #expect(throws: FileError.self) { try checkOutputFile("/proc/out.mp4") }
    #expect(error?.description.contains("/proc") == true)
    guard geteuid() != 0 else { return }
    let scratch = try ScratchDirectory()
    chmod(scratch.path, 0o555)
    defer { chmod(scratch.path, 0o755) }
    #expect(throws: FileError.notWritable(path: scratch.path)) {
      try checkOutputFile(scratch.path + "/out")
    }
  }

  @Test func roomIsCheckedBeforehand() throws {
    let scratch = try ScratchDirectory()
    let path = scratch.path + "/out"
    #expect(try freeByteCount(scratch.path) > 0)
    let error = #expect(throws: FileError.self) {
      try checkOutputFile(path, byteCount: Int.max)
    }
    guard case .noRoom(path, Int.max, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(error?.isOutOfRoom == true)
  }

  @Test(arguments: [
    ("a/b/c", "a/b", "c"), ("c", ".", "c"), ("/c", "/", "c"), ("-c", ".", "-c"), ("a/", "a", ""),
  ])
  func pathsAreSplit(path: String, directory: String, name: String) {
    let parts = splitPath(path)
    #expect(parts.directory == directory)
    #expect(parts.name == name)
  }
}
