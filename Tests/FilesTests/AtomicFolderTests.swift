import Files
import Glibc
import TestSupport
import Testing

@Suite struct AtomicFolderTests {
  @Test func nothingIsVisibleBeforeCommit() throws {
    let scratch = try ScratchDirectory()
    let folder = try AtomicFolder(scratch.path + "/out")
    try folder.write([1, 2], to: "a")
    try folder.write([3], to: "b")
    #expect(try scratch.names.allSatisfy { $0.hasPrefix(".flipbook-") })
    try folder.commit()
    #expect(try scratch.names == ["out"])
    #expect(try directoryEntries(scratch.path + "/out") == ["a", "b"])
    #expect(throws: FileError.discarded(path: scratch.path + "/out")) { try folder.commit() }
    folder.discard()
    #expect(try scratch.names == ["out"])
  }

  @Test func anEmptyFolderIsReplacedAndAFullOneIsNot() throws {
    let scratch = try ScratchDirectory()
    mkdir(scratch.path + "/empty", 0o777)
    let replaced = try AtomicFolder(scratch.path + "/empty")
    try replaced.write([1], to: "a")
    try replaced.commit()
    #expect(try directoryEntries(scratch.path + "/empty") == ["a"])
    let refused = try AtomicFolder(scratch.path + "/empty")
    try refused.write([2], to: "b")
    #expect(throws: FileError.self) { try refused.commit() }
    #expect(try directoryEntries(scratch.path + "/empty") == ["a"])
    #expect(try scratch.names == ["empty"])
  }

  @Test func discardedAndForgottenFoldersLeaveNothing() throws {
    let scratch = try ScratchDirectory()
    let discarded = try AtomicFolder(scratch.path + "/a")
    try discarded.write([1], to: "x")
    discarded.discard()
    #expect(throws: FileError.discarded(path: scratch.path + "/a")) {
      try discarded.write([1], to: "y")
    }
    do {
      let forgotten = try AtomicFolder(scratch.path + "/b")
      try forgotten.write([1], to: "x")
    }
    #expect(try scratch.names == [])
  }

  /// What a second Ctrl-C does. In a process of its own: other tests have files under way. The
  /// folder has more names than one reading of it gives, and a file in it is half written.
  @Test func anInterruptRemovesFoldersWithTheirFiles() async throws {
    await #expect(processExitsWith: .success) {
      let scratch = try ScratchDirectory()
      let folder = try AtomicFolder(scratch.path + "/out")
      for index in 0..<60 { try folder.write([1], to: "a picture with a long name \(index)") }
      let half = try AtomicFile(folder.temporaryPath + "/half")
      try half.write([1])
      AtomicFile.discardAll()
      #expect(try scratch.names == [])
      #expect(throws: FileError.self) { try folder.write([1], to: "more") }
      #expect(throws: FileError.self) { try folder.commit() }
      #expect(try scratch.names == [])
    }
  }
}
