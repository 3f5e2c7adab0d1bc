import Checkpoint
import Files
import Glibc
import Tensor
import TestSupport
import Testing

/// A valid file that is cut or flipped anywhere: a clean error or a valid load, never a crash.
@Suite struct DamagedSafetensorsTests {
  /// A file with every element type and some thousand bytes of data.
  private func original(in scratch: ScratchDirectory) throws -> (path: String, bytes: [UInt8]) {
    let types = try Safetensors(opening: fixture("types.safetensors"))
    var writer = SafetensorsWriter(metadata: types.metadata)
    for key in types.keys where types.entry(key)?.elementType.isFloatingPoint == true {
      writer.add(key, try types.tensor(key), as: key.hasSuffix("16") ? .bf16 : .f32)
    }
    writer.add("numbers", (0..<300).map { $0 }, shape: [3, 100])
    let path = scratch.path + "/x.safetensors"
    try writer.write(to: path)
    return (path, try MappedFile(path).array())
  }

  /// Opens the file and touches every byte of every tensor.
  private func load(_ path: String) throws(CheckpointError) {
    let file = try Safetensors(opening: path)
    for entry in file.entries {
      let tensor = Result { try file.rawTensor(entry.name, shape: entry.shape) }
      guard let raw = try? tensor.get() else {
        Issue.record("the header lists \(entry.name), which cannot be read")
        continue
      }
      #expect(raw.bytes.count == entry.byteRange.count)
      _ = raw.bytes.reduce(0, ^)
    }
  }

  @Test func cutAtEveryByteOfTheHeaderAndAHundredPlacesOfTheData() throws {
    let scratch = try ScratchDirectory()
    let (path, bytes) = try original(in: scratch)
    let dataOffset = try Safetensors(opening: path).header.dataOffset
    let data = bytes.count - dataOffset
    let lengths = Array(0..<dataOffset) + (0..<100).map { dataOffset + $0 * data / 100 }
    let start = ContinuousClock.now
    for length in lengths.reversed() {
      try #require(truncate(path, off_t(length)) == 0)
      #expect(throws: CheckpointError.self, "\(length) bytes") { try load(path) }
    }
    // 100 ms each were allowed; this leaves room for slow machines.
    #expect(ContinuousClock.now - start < .milliseconds(20 * lengths.count))
  }

  @Test func aThousandFlippedBitsOfTheHeader() throws {
    let scratch = try ScratchDirectory()
    let (path, bytes) = try original(in: scratch)
    let dataOffset = try Safetensors(opening: path).header.dataOffset
    let random = Philox(seed: 20_240_607)
    let descriptor = open(path, O_WRONLY)
    defer { close(descriptor) }
    let start = ContinuousClock.now
    var refused = 0
    for flip in 0..<1000 {
      let block = random.block(UInt64(flip))
      // Every tenth flip goes into the eight bytes of the length.
      let offset = flip % 10 == 0 ? Int(block[0] % 8) : Int(block[0]) % dataOffset
      var flipped = bytes[offset] ^ 1 << UInt8(block[1] % 8)
      pwrite(descriptor, &flipped, 1, off_t(offset))
      do { try load(path) } catch { refused += 1 }
      var whole = bytes[offset]
      pwrite(descriptor, &whole, 1, off_t(offset))
    }
    #expect(ContinuousClock.now - start < .seconds(20))
    // Flips inside names and metadata leave a valid file; most others must not pass.
    #expect(refused > 500)
    #expect(refused < 1000)
    try load(path)
  }
}
