import Files
import Glibc
import TestSupport
import Testing

@Suite struct AtomicFileTests {
  @Test func nothingIsVisibleBeforeCommit() throws {
    let scratch = try ScratchDirectory()
    let path = scratch.path + "/out put 'é'.bin"
    let file = try AtomicFile(path)
    try file.write([1, 2, 3])
    #expect(try FileFacts.of(path) == nil)
    #expect(try scratch.names.allSatisfy { $0.hasPrefix(".flipbook-") })
    try file.commit()
    #expect(try scratch.names == ["out put 'é'.bin"])
    #expect(try MappedFile(path).array() == [1, 2, 3])
  }

  @Test func whatStoodThereStaysUntilCommit() throws {
    let scratch = try ScratchDirectory()
    let path = try scratch.write([9], to: "out")
    chmod(path, 0o640)
    let file = try AtomicFile(path)
    try file.write([1])
    #expect(try MappedFile(path).array() == [9])
    try file.commit()
    #expect(try MappedFile(path).array() == [1])
    #expect(try FileFacts.of(path)?.mode == 0o640)
  }

  @Test func writingAtAnOffset() throws {
    let scratch = try ScratchDirectory()
    let file = try AtomicFile(scratch.path + "/out")
    try file.write([1, 2, 3, 4])
    try file.seek(to: 1)
    try file.write([8, 9])
    try file.commit()
    #expect(try MappedFile(scratch.path + "/out").array() == [1, 8, 9, 4])
  }

  @Test func anotherLibraryMayWriteByPath() throws {
    let scratch = try ScratchDirectory()
    let file = try AtomicFile(scratch.path + "/out")
    let stream = try #require(fopen(file.temporaryPath, "w"))
    fputs("text", stream)
    fclose(stream)
    try file.commit()
    #expect(try MappedFile(scratch.path + "/out").array() == Array("text".utf8))
  }

  @Test func discardedAndForgottenFilesLeaveNothing() throws {
    let scratch = try ScratchDirectory()
    let discarded = try AtomicFile(scratch.path + "/a")
    try discarded.write([1])
    discarded.discard()
    discarded.discard()
    #expect(throws: FileError.discarded(path: scratch.path + "/a")) { try discarded.commit() }
    #expect(throws: FileError.discarded(path: scratch.path + "/a")) { try discarded.write([1]) }
    do {
      let forgotten = try AtomicFile(scratch.path + "/b")
      try forgotten.write([1])
    }
    #expect(try scratch.names == [])
  }

  /// In a process of its own: other tests have files of their own under way.
  @Test func anInterruptRemovesAllDebris() async throws {
    await #expect(processExitsWith: .success) {
      let scratch = try ScratchDirectory()
      let files = try (0..<5).map { try AtomicFile(scratch.path + "/\($0)") }
      for file in files { try file.write([1]) }
      try files[4].commit()
      AtomicFile.discardAll()
      #expect(try scratch.names == ["4"])
      // Whoever goes on afterwards gets an error and leaves nothing either.
      #expect(throws: FileError.discarded(path: scratch.path + "/0")) { try files[0].commit() }
      files[1].discard()
      #expect(try scratch.names == ["4"])
    }
  }

  @Test func moreFilesThanTheTableHolds() throws {
    let scratch = try ScratchDirectory()
    let files = try (0..<300).map { try AtomicFile(scratch.path + "/\($0)") }
    try files[299].commit()
    for file in files { file.discard() }
    #expect(try scratch.names == ["299"])
  }

  @Test func aLinkIsFollowed() throws {
    let scratch = try ScratchDirectory()
    let target = try scratch.write([1], to: "target")
    let link = scratch.path + "/link"
    symlink(target, link)
    try AtomicFile.write([2], to: link)
    #expect(try MappedFile(target).array() == [2])
    var status = stat()
    #expect(lstat(link, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
  }

  /// A write beyond `RLIMIT_FSIZE` fails as a full disk does, for every user and anywhere. The
  /// limit holds for a whole process, so that this one is of its own.
  @Test func aRefusedWriteIsATypedError() async throws {
    await #expect(processExitsWith: .success) {
      let scratch = try ScratchDirectory()
      let path = scratch.path + "/out"
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 1000, rlim_max: 1000)
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      do {
        let file = try AtomicFile(path)
        let error = #expect(throws: FileError.self) {
          try file.write([UInt8](repeating: 1, count: 2000))
        }
        #expect(error == .system(action: "write", path: path, code: EFBIG))
        #expect(error?.isOutOfRoom == true)
      }
      #expect(try scratch.names == [])
    }
  }

  /// A disk of 64 kB, where the test may mount one (as root, outside of most containers).
  @Test func aFullDiskIsATypedError() throws {
    let scratch = try ScratchDirectory()
    let disk = scratch.path + "/disk"
    mkdir(disk, 0o777)
    guard mount("tmpfs", disk, "tmpfs", 0, "size=64k") == 0 else { return }
    defer { umount2(disk, 0) }
    let path = disk + "/out"
    #expect(throws: FileError.self) { try checkOutputFile(path, byteCount: 1_000_000) }
    try checkOutputFile(path, byteCount: 10_000)
    do {
      let file = try AtomicFile(path)
      let error = #expect(throws: FileError.self) {
        try file.write([UInt8](repeating: 1, count: 100_000))
      }
      #expect(error == .system(action: "write", path: path, code: ENOSPC))
      #expect(error?.isOutOfRoom == true)
    }
    #expect(try directoryEntries(disk) == [])
  }
}
