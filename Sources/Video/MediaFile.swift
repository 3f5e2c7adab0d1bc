import CLibAV
import Files
import Glibc

/// A file with one stream of pictures that is written packet by packet: an encoder, a muxer, and an
/// atomic file below them.
///
/// Memory does not grow with the length, but for a few bytes of index a frame.
final class MediaFile {
  let path: String
  private(set) var isOpen = true

  private var isHeaderWritten = false
  private var isTrailerWritten = false
  private let holdsPacketUntilTrailer: Bool
  private let encoder: Encoder
  private let output: AtomicFile
  private let stream: ByteStream
  private let context: UnsafeMutablePointer<AVFormatContext>
  private let track: UnsafeMutablePointer<AVStream>

  /// Creates the temporary file and writes the header.
  ///
  /// - Parameters:
  ///   - muxer: libavformat's name of the container.
  ///   - options: the muxer's own, by name.
  init(
    _ path: String, muxer: String, options: [String: String], metadata: [String: String],
    frameRate: Int, encoder: (_ needsGlobalHeader: Bool) throws(VideoError) -> Encoder
  ) throws(VideoError) {
    var allocated: UnsafeMutablePointer<AVFormatContext>?
    let result = avformat_alloc_output_context2(&allocated, nil, muxer, nil)
    guard result >= 0, let context = allocated else {
      throw .library(action: "open", path: path, reason: VideoLibrary.message(result))
    }
    var isComplete = false
    defer { if !isComplete { avformat_free_context(context) } }
    let needsGlobalHeader = context.pointee.oformat.pointee.flags & AVFMT_GLOBALHEADER != 0
    self.encoder = try encoder(needsGlobalHeader)
    guard let track = avformat_new_stream(context, nil) else {
      throw .outOfMemory(purpose: "\"\(path)\"")
    }
    guard avcodec_parameters_from_context(track.pointee.codecpar, self.encoder.context) >= 0 else {
      throw .outOfMemory(purpose: "\"\(path)\"")
    }
    track.pointee.time_base = self.encoder.context.pointee.time_base
    track.pointee.avg_frame_rate = AVRational(num: Int32(frameRate), den: 1)
    output = try file { () throws(FileError) in try AtomicFile(path) }
    stream = try ByteStream(descriptor: output.fileDescriptor, isWritable: true)
    self.path = path
    holdsPacketUntilTrailer = muxer == "gif"
    self.context = context
    self.track = track
    isComplete = true  // from here on `deinit` frees everything

    context.pointee.pb = stream.context
    context.pointee.flags |= AVFMT_FLAG_CUSTOM_IO | AVFMT_FLAG_BITEXACT
    // `faststart` opens the output a second time, to read; it gets the same descriptor.
    context.pointee.opaque = Unmanaged.passUnretained(output).toOpaque()
    context.pointee.io_open = openForReadingBack
    context.pointee.io_close2 = closeAfterReadingBack
    for (key, value) in metadata { av_dict_set(&context.pointee.metadata, key, value, 0) }
    var dictionary: OpaquePointer?
    for (key, value) in options { av_dict_set(&dictionary, key, value, 0) }
    defer { av_dict_free(&dictionary) }
    try check(avformat_write_header(context, &dictionary))
    isHeaderWritten = true
    assert(av_dict_count(dictionary) == 0, "the muxer \(muxer) left options unread")
  }

  deinit {
    discard()
    // The GIF muxer frees the packet that it holds back in its trailer and nowhere else.
    if isHeaderWritten && !isTrailerWritten && holdsPacketUntilTrailer {
      _ = av_write_trailer(context)
    }
    avformat_free_context(context)
  }

  /// Encodes and writes a picture that was made into a frame for the encoder.
  ///
  /// - Parameter frame: makes the frame; its `pts` counts in the encoder's time base and grows.
  func append(
    _ picture: Picture, size: PictureSize, frame: () throws(VideoError) -> Frame
  ) throws(VideoError) {
    guard isOpen else { throw .file(.discarded(path: path)) }
    do throws(VideoError) {
      guard picture.size == size else {
        throw .sizeChanged(path: path, expected: size, found: picture.size)
      }
      try encode(try frame())
    } catch {
      discard()
      throw error
    }
  }

  /// Writes what the encoder still holds and the index, and makes the file appear.
  ///
  /// - Parameter ending: bytes in the place of the muxer's last one, where a container has room for
  ///   what the muxer cannot write.
  func finish(frameCount: Int, ending: [UInt8]? = nil) throws(VideoError) {
    guard isOpen else { throw .file(.discarded(path: path)) }
    defer { discard() }  // nothing where the file was committed
    guard frameCount > 0 else { throw .noFrames(path: path) }
    try encode(nil)
    isTrailerWritten = true
    try check(av_write_trailer(context))
    avio_flush(context.pointee.pb)
    try check(0)
    let (output, length) = (output, Int(avio_size(context.pointee.pb)))
    try file { () throws(FileError) in
      if let ending {
        try output.seek(to: length - 1)
        try output.write(ending)
      }
      try output.commit()
    }
  }

  /// Removes what was written.
  func discard() {
    isOpen = false
    stream.disconnect()  // the number of a closed descriptor may belong to another file soon
    output.discard()
  }

  private func encode(_ frame: Frame?) throws(VideoError) {
    try encoder.encode(frame) { (packet) throws(VideoError) in
      let timeBase = encoder.context.pointee.time_base
      if packet.pointer.pointee.duration == 0 {
        packet.pointer.pointee.duration =
          av_rescale_q(1, av_inv_q(track.pointee.avg_frame_rate), timeBase)
      }
      packet.pointer.pointee.stream_index = 0
      av_packet_rescale_ts(packet.pointer, timeBase, track.pointee.time_base)
      try check(av_interleaved_write_frame(context, packet.pointer))
    }
  }

  /// Throws the system's error where the file failed, libav's where anything else did.
  private func check(_ result: Int32) throws(VideoError) {
    if stream.errorCode != 0 {
      throw .file(.system(action: "write", path: path, code: stream.errorCode))
    }
    if result < 0 {
      if result == -ENOMEM { throw .outOfMemory(purpose: "\"\(path)\"") }
      throw .library(action: "write", path: path, reason: VideoLibrary.message(result))
    }
  }
}

/// A second stream over the descriptor of the file that is being written.
private func openForReadingBack(
  _ context: UnsafeMutablePointer<AVFormatContext>?,
  _ stream: UnsafeMutablePointer<UnsafeMutablePointer<AVIOContext>?>?,
  _ url: UnsafePointer<CChar>?, _ flags: Int32,
  _ options: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  guard let opaque = context?.pointee.opaque, flags & AVIO_FLAG_WRITE == 0 else { return -EINVAL }
  let output = Unmanaged<AtomicFile>.fromOpaque(opaque).takeUnretainedValue()
  guard let reader = try? ByteStream(descriptor: output.fileDescriptor, isWritable: false) else {
    return -ENOMEM
  }
  stream?.pointee = reader.context
  _ = Unmanaged.passRetained(reader)
  return 0
}

private func closeAfterReadingBack(
  _ context: UnsafeMutablePointer<AVFormatContext>?, _ stream: UnsafeMutablePointer<AVIOContext>?
) -> Int32 {
  if let opaque = stream?.pointee.opaque {
    Unmanaged<ByteStream>.fromOpaque(opaque).release()
  }
  return 0
}
