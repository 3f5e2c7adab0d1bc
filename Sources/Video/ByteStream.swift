import CLibAV
import Glibc

/// An `AVIOContext` over a file descriptor or over memory.
///
/// libav never sees a path: names such as `concat:x` or `-y.mp4` mean nothing to it, and the
/// `errno` of a failed call is kept. Every call names its position, so that two streams can share a
/// descriptor; the mp4 muxer reads back what it wrote to move the index to the front.
final class ByteStream {
  private enum Backing {
    case descriptor(Int32)
    case memory(UnsafeRawBufferPointer)
    case nothing
  }

  private var backing: Backing
  private var position = 0
  /// The `errno` of the first call that failed, or 0.
  private(set) var errorCode: Int32 = 0
  /// Valid while the object lives.
  private(set) var context: UnsafeMutablePointer<AVIOContext>

  /// A stream over a descriptor that stays the caller's to close.
  convenience init(descriptor: Int32, isWritable: Bool) throws(VideoError) {
    try self.init(.descriptor(descriptor), isWritable: isWritable)
  }

  /// A stream that reads memory, which must outlive it.
  convenience init(reading bytes: UnsafeRawBufferPointer) throws(VideoError) {
    try self.init(.memory(bytes), isWritable: false)
  }

  private init(_ backing: Backing, isWritable: Bool) throws(VideoError) {
    let capacity = 1 << 16
    guard let buffer = av_malloc(capacity) else { throw .outOfMemory(purpose: "a file buffer") }
    guard
      let context = avio_alloc_context(
        buffer.assumingMemoryBound(to: UInt8.self), Int32(capacity), isWritable ? 1 : 0, nil,
        readBytes, isWritable ? writeBytes : nil, seekBytes)
    else {
      av_free(buffer)
      throw .outOfMemory(purpose: "a file buffer")
    }
    self.backing = backing
    self.context = context
    context.pointee.opaque = Unmanaged.passUnretained(self).toOpaque()
  }

  deinit {
    // libav may have replaced the buffer by another.
    av_free(context.pointee.buffer)
    var context: UnsafeMutablePointer<AVIOContext>? = context
    avio_context_free(&context)
  }

  /// Lets go of the descriptor: every further call fails, and touches no file.
  func disconnect() { backing = .nothing }

  fileprivate func read(_ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int32 {
    switch backing {
    case .nothing: return -EBADF
    case .memory(let bytes):
      let length = min(count, bytes.count - position)
      guard length > 0, let base = bytes.baseAddress else { return CLIBAV_ERROR_EOF }
      buffer.copyMemory(from: base + position, byteCount: length)
      position += length
      return Int32(length)
    case .descriptor(let descriptor):
      while true {
        let length = pread(descriptor, buffer, count, off_t(position))
        if length < 0 && errno == EINTR { continue }
        if length < 0 { return failed() }
        position += length
        return length == 0 ? CLIBAV_ERROR_EOF : Int32(length)
      }
    }
  }

  /// Writes at the position.
  ///
  /// - Returns: the count, or a negative `errno`.
  func write(_ buffer: UnsafeRawPointer, _ count: Int) -> Int32 {
    guard case .descriptor(let descriptor) = backing else { return -EBADF }
    var done = 0
    while done < count {
      let length = pwrite(descriptor, buffer + done, count - done, off_t(position))
      if length < 0 && errno == EINTR { continue }
      if length < 0 { return failed() }
      done += length
      position += length
    }
    return Int32(count)
  }

  fileprivate func seek(_ offset: Int64, _ whence: Int32) -> Int64 {
    var byteCount = 0
    switch backing {
    case .nothing: return Int64(-EBADF)
    case .memory(let bytes): byteCount = bytes.count
    case .descriptor(let descriptor):
      var status = stat()
      guard fstat(descriptor, &status) == 0 else { return Int64(failed()) }
      byteCount = Int(status.st_size)
    }
    switch whence & ~AVSEEK_FORCE {
    case AVSEEK_SIZE: return Int64(byteCount)
    case SEEK_SET: return move(to: 0, offset)
    case SEEK_CUR: return move(to: position, offset)
    case SEEK_END: return move(to: byteCount, offset)
    default: return Int64(-EINVAL)
    }
  }

  private func move(to origin: Int, _ offset: Int64) -> Int64 {
    let (target, overflow) = origin.addingReportingOverflow(Int(offset))
    guard !overflow, target >= 0 else { return Int64(-EINVAL) }
    position = target
    return Int64(target)
  }

  private func failed() -> Int32 {
    if errorCode == 0 { errorCode = errno }
    return -errno
  }
}

private func stream(_ opaque: UnsafeMutableRawPointer?) -> ByteStream? {
  opaque.map { Unmanaged<ByteStream>.fromOpaque($0).takeUnretainedValue() }
}

private func readBytes(
  _ opaque: UnsafeMutableRawPointer?, _ buffer: UnsafeMutablePointer<UInt8>?, _ count: Int32
) -> Int32 {
  guard let stream = stream(opaque), let buffer else { return -EINVAL }
  return stream.read(buffer, Int(count))
}

private func writeBytes(
  _ opaque: UnsafeMutableRawPointer?, _ buffer: UnsafeMutablePointer<UInt8>?, _ count: Int32
) -> Int32 {
  guard let stream = stream(opaque), let buffer else { return -EINVAL }
  return stream.write(buffer, Int(count))
}

private func seekBytes(_ opaque: UnsafeMutableRawPointer?, _ offset: Int64, _ whence: Int32)
  -> Int64
{
  guard let stream = stream(opaque) else { return Int64(-EINVAL) }
  return stream.seek(offset, whence)
}
