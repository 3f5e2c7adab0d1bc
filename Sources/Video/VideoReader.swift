import CLibAV
import Files
import Glibc

/// Reads a video frame by frame, from the first to the last.
///
/// mp4, QuickTime, Matroska, WebM and GIF, with whatever codec the installed libavcodec decodes.
/// Other containers are refused: some of them name further files and addresses to open.
package final class VideoReader {
  package let facts: VideoFacts

  private let path: String
  private let input: MappedFile
  private let stream: ByteStream
  private let context: UnsafeMutablePointer<AVFormatContext>
  private let trackIndex: Int32
  private let decoder: Decoder
  private let packet: Packet
  private let frame: Frame
  private let display: DisplayMatrix
  private var conversion = FrameToPicture(untaggedMatrix: nil)
  private var isDrained = false

  /// Opens a video and reads its header.
  ///
  /// - Throws: `VideoError.file`, `.wrongFormat`, `.broken`.
  package init(_ path: String) throws(VideoError) {
    precondition(VideoLibrary.isQuiet)
    input = try file { () throws(FileError) in try MappedFile(path) }
    let found = FileSignature(input.bytes)
    guard found.isVideo else {
      throw .wrongFormat(path: path, expected: "an mp4, mov, mkv, webm or gif", found: found.words)
    }
    if found == .isoMedia, let missing = missingByteCount(input.bytes) {
      throw .broken(path: path, what: "video", reason: "\(missing) bytes are missing at its end")
    }
    stream = try ByteStream(reading: input.bytes)
    packet = try Packet()
    frame = try Frame()
    let context = try openInput(stream, path: path)
    var isComplete = false
    defer {
      var context: UnsafeMutablePointer<AVFormatContext>? = context
      if !isComplete { avformat_close_input(&context) }
    }
    let index = av_find_best_stream(context, AVMEDIA_TYPE_VIDEO, -1, -1, nil, 0)
    guard index >= 0, let track = context.pointee.streams[Int(index)],
      let parameters = track.pointee.codecpar
    else { throw .broken(path: path, what: "video", reason: "it has no picture track") }
    decoder = try Decoder(
      parameters.pointee.codec_id, parameters: parameters, path: path, what: "video")
    let matrix = av_stream_get_side_data(track, AV_PKT_DATA_DISPLAYMATRIX, nil)
    display =
      matrix?.withMemoryRebound(to: Int32.self, capacity: 9) { DisplayMatrix($0) } ?? .identity
    facts = VideoFacts(context.pointee, track.pointee, parameters.pointee, display)
    self.path = path
    self.context = context
    trackIndex = index
    isComplete = true
  }

  deinit {
    var context: UnsafeMutablePointer<AVFormatContext>? = context
    avformat_close_input(&context)
  }

  /// The next frame, turned as it is to be shown.
  ///
  /// - Returns: nil after the last.
  /// - Throws: `VideoError.broken` where the file is damaged, `.tooLarge`.
  package func next() throws(VideoError) -> Picture? {
    while true {
      if try decoder.receive(frame) {
        return display.applied(to: try conversion.picture(of: frame))
      }
      if isDrained { return nil }
      let result = av_read_frame(context, packet.pointer)
      if result == CLIBAV_ERROR_EOF {
        isDrained = true
        try decoder.send(nil)
        continue
      }
      guard result >= 0 else {
        throw .broken(path: path, what: "video", reason: VideoLibrary.message(result))
      }
      defer { av_packet_unref(packet.pointer) }
      if packet.pointer.pointee.stream_index != trackIndex { continue }
      if packet.pointer.pointee.flags & AV_PKT_FLAG_CORRUPT != 0 {
        throw .broken(path: path, what: "video", reason: "it ends in the middle of a frame")
      }
      try decoder.send(packet.pointer)
    }
  }
}

/// Opens a container. The stream must outlive it.
private func openInput(
  _ stream: ByteStream, path: String
) throws(VideoError) -> UnsafeMutablePointer<AVFormatContext> {
  var context = avformat_alloc_context()
  guard context != nil else { throw .outOfMemory(purpose: "\"\(path)\"") }
  context?.pointee.pb = stream.context
  var options: OpaquePointer?
  defer { av_dict_free(&options) }
  av_dict_set(&options, "format_whitelist", "mov,matroska,gif", 0)
  // A container that names other files gets none.
  av_dict_set(&options, "protocol_whitelist", "none", 0)
  var result = avformat_open_input(&context, nil, nil, &options)
  if result >= 0 {
    result = avformat_find_stream_info(context, nil)
    if result < 0 { avformat_close_input(&context) }
  }
  guard result >= 0, let context else {
    throw .broken(path: path, what: "video", reason: VideoLibrary.message(result))
  }
  return context
}
