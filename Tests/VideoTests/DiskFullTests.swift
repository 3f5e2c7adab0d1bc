import Files
import Foundation
import Testing

@testable import Video

/// A file system with 128 kB of room, which only root may mount.
private final class SmallDisk {
  let path: String

  init?() {
    path = "/tmp/flipbook-small-disk-\(getpid())"
    guard getuid() == 0, mkdir(path, 0o700) == 0 else { return nil }
    guard mount("tmpfs", path, "tmpfs", 0, "size=128k") == 0 else {
      rmdir(path)
      return nil
    }
  }

  deinit {
    umount2(path, 2)  // MNT_DETACH
    rmdir(path)
  }
}

@Suite struct DiskFullTests {
  /// A picture that does not compress.
  func noise(_ index: Int) -> Picture {
    var state = UInt64(index + 1) &* 0x9e37_79b9_7f4a_7c15
    let pixels = (0..<160 * 120 * 3).map { _ -> UInt8 in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 56)
    }
    return Picture(width: 160, height: 120, pixels: pixels)
  }

  @Test func everyOutputReportsAFullDisk() throws {
    guard let disk = SmallDisk() else { return }
    for name in ["out.mp4", "out.gif", "out"] {
      let path = disk.path + "/" + name
      let error = failure {
        let sink = try OutputFormat.open(path, size: PictureSize(width: 160, height: 120))
        for index in 0..<40 { try sink.append(noise(index)) }
        try sink.finish()
      }
      guard case .file(let cause) = error else {
        Issue.record("\(name): \(String(describing: error))")
        continue
      }
      #expect(cause.isOutOfRoom)
      #expect(cause.path == path)
      #expect(try directoryEntries(disk.path) == [])
    }
  }

  /// Where nobody may mount, this much can be seen all the same.
  @Test func theErrorNumberOfAWriteIsKept() throws {
    let descriptor = open("/dev/full", O_WRONLY)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    let stream = try ByteStream(descriptor: descriptor, isWritable: true)
    let result = [1, 2, 3].withUnsafeBytes { bytes in
      bytes.baseAddress.map { stream.write($0, bytes.count) }
    }
    #expect(result == -ENOSPC)
    #expect(stream.errorCode == ENOSPC)
  }
}
