import Files
import Glibc
import TestSupport
import Testing

@Suite struct MappedFileTests {
  @Test func bytesAreThoseOfTheFile() throws {
    let scratch = try ScratchDirectory()
    let path = try scratch.write([1, 2, 3, 0, 255], to: "naïve 'quoted' file")
    #expect(try MappedFile(path).array() == [1, 2, 3, 0, 255])
  }

  @Test func anEmptyFileIsEmpty() throws {
    let scratch = try ScratchDirectory()
    #expect(try MappedFile(scratch.write([], to: "empty")).bytes.isEmpty)
  }

  @Test func theMappingOutlivesTheName() throws {
    let scratch = try ScratchDirectory()
    let path = try scratch.write([7, 8], to: "gone")
    let file = try MappedFile(path)
    unlink(path)
    #expect(file.array() == [7, 8])
  }

  @Test func whatIsNoFileIsRefused() throws {
    let scratch = try ScratchDirectory()
    #expect(throws: FileError.isDirectory(path: scratch.path)) { _ = try MappedFile(scratch.path) }
    #expect(throws: FileError.notARegularFile(path: "/dev/zero")) {
      _ = try MappedFile("/dev/zero")
    }
    // A pipe without a writer must not make the program wait.
    let pipe = scratch.path + "/pipe"
    mkfifo(pipe, 0o600)
    #expect(throws: FileError.notARegularFile(path: pipe)) { _ = try MappedFile(pipe) }
    #expect(throws: FileError.badPath(path: "")) { _ = try MappedFile("") }
    #expect(throws: FileError.badPath(path: "a\0b")) { _ = try MappedFile("a\0b") }
  }

  @Test func aMissingFileIsNamedInTheSystemsWords() throws {
    let scratch = try ScratchDirectory()
    let path = scratch.path + "/missing"
    let error = #expect(throws: FileError.self) { _ = try MappedFile(path) }
    #expect(error?.isMissing == true)
    #expect(error?.description == "cannot open \"\(path)\": No such file or directory")
  }
}
