import Files

/// The frames of a video at another rate: each moment shows the frame that is nearest to it, so that
/// what moves keeps its speed.
package final class VideoFrames {
  /// Frames read from the file so far.
  package private(set) var sourceCount = 0
  package let facts: VideoFacts

  private let reader: VideoReader
  private let rate: FrameRate
  private var index = 0
  private var current: Picture?

  /// - Parameter framesPerSecond: of the frames that come out.
  /// - Throws: what `VideoReader` throws.
  package init(_ path: String, framesPerSecond: Int) throws(VideoError) {
    reader = try VideoReader(path)
    facts = reader.facts
    rate = FrameRate(facts, framesPerSecond: framesPerSecond)
  }

  /// The next frame, nil after the last.
  /// - Throws: `VideoError.broken`, `.tooLarge`.
  package func next() throws(VideoError) -> Picture? {
    let wanted = rate.source(of: index)
    while sourceCount <= wanted {
      guard let picture = try reader.next() else { return nil }
      current = picture
      sourceCount += 1
    }
    index += 1
    return current
  }

  /// The last frames at the rate, the file's own last frame at the end.
  ///
  /// - Parameter count: how many at most.
  /// - Returns: the frames in order, and how many frames the whole video has at the rate.
  /// - Throws: what `VideoReader` throws; `VideoError.broken` where there is no frame at all.
  package static func tail(
    of path: String, count: Int, framesPerSecond: Int
  ) throws(VideoError) -> (pictures: [Picture], total: Int) {
    let reader = try VideoReader(path)
    let rate = FrameRate(reader.facts, framesPerSecond: framesPerSecond)
    let room = rate.source(of: count - 1) + 1
    var kept: [Picture] = []
    var total = 0
    while let picture = try reader.next() {
      if kept.count == room { kept.removeFirst() }
      kept.append(picture)
      total += 1
    }
    guard !kept.isEmpty else {
      throw .broken(path: path, what: "video", reason: "it has no frame")
    }
    // Counted from the end: frame `back` of the result lies `source(of: back)` frames before it.
    var pictures: [Picture] = []
    for back in 0..<count {
      let place = kept.count - 1 - rate.source(of: back)
      if place < 0 { break }
      pictures.append(kept[place])
    }
    return (pictures.reversed(), rate.count(ofSource: total))
  }

  /// One frame of a video as it stands in the file.
  ///
  /// - Parameter index: from 0; negative ones count from the end, −1 is the last.
  /// - Returns: nil where the video has fewer frames, with their number.
  /// - Throws: what `VideoReader` throws.
  package static func frame(
    _ index: Int, of path: String
  ) throws(VideoError) -> (picture: Picture?, frameCount: Int) {
    let reader = try VideoReader(path)
    var last: [Picture] = []
    let room = min(max(-index, 0), 10_000)
    var count = 0
    while let picture = try reader.next() {
      if count == index { return (picture, count + 1) }
      count += 1
      guard room > 0 else { continue }
      if last.count == room { last.removeFirst() }
      last.append(picture)
    }
    return (index < 0 && last.count == -index ? last.first : nil, count)
  }
}

/// Which frame of a video is nearest to a moment.
struct FrameRate {
  /// Frames of the file for one frame at the wanted rate.
  let step: Double

  init(_ facts: VideoFacts, framesPerSecond: Int) {
    let (numerator, denominator) = facts.frameRate
    let rate = Double(numerator) / Double(max(denominator, 1))
    // A file that does not tell its rate is taken frame by frame.
    step = rate > 0 ? rate / Double(framesPerSecond) : 1
  }

  /// The file's frame for frame `index` at the wanted rate.
  func source(of index: Int) -> Int { Int((Double(index) * step).rounded()) }

  /// How many frames at the wanted rate a file of `count` frames has.
  func count(ofSource count: Int) -> Int {
    guard count > 0 else { return 0 }
    var frames = Int(Double(count) / step)
    while source(of: frames) < count { frames += 1 }
    while frames > 0, source(of: frames - 1) >= count { frames -= 1 }
    return frames
  }
}
