import Files
import Video

/// A picture that a video is made from, as it was read.
struct PictureInput {
  let file: InputFile
  let picture: Picture
  /// What should be known about the way it was read.
  let notes: [String]

  /// The ratios of width to height that are taken.
  static let ratios = 0.4...2.5
  /// The longest side, in pixels.
  static let longestSide = 6000
  /// The largest file of a picture, in bytes.
  static let largestFile = 30_000_000

  /// Reads the picture that an option names.
  ///
  /// - Throws: `FlipbookError.input` where there is none, or none that is taken.
  init(option: String, _ text: String) throws(FlipbookError) {
    let reference = PictureReference(text)
    let name = "--\(option)"
    // A file that is no file is said before one that is too large.
    let facts: FileFacts?
    do { facts = try FileFacts.of(reference.path) } catch {
      throw .input(name: name, problem: error.description)
    }
    if reference.frame == nil, let facts, facts.kind == .regular,
      facts.byteCount > Self.largestFile
    {
      throw .input(
        name: "\(name) \(text)",
        problem: "it has \(facts.byteCount) bytes, expected at most \(Self.largestFile)",
        advice: "make the picture smaller first")
    }
    file = try InputFile(option: option, reading: reference.path)
    let isTransparent: Bool
    do {
      if let index = reference.frame {
        let (found, count) = try VideoFrames.frame(index, of: reference.path)
        guard let found else {
          throw FlipbookError.input(
            name: "\(name) \(text)", problem: "the video has \(count) frames",
            advice: "the first is #0, the last #-1")
        }
        (picture, isTransparent) = (found, false)
      } else {
        (picture, isTransparent) = try PictureReader.readTellingTransparency(reference.path)
      }
    } catch let error as VideoError {
      throw Self.failure(error, name: name)
    } catch { throw FlipbookError(wrapping: error) }
    try Self.check(picture.size, name: "\(name) \(text)")
    notes =
      isTransparent ? ["\(reference.path): what is transparent in it lies over white"] : []
  }

  /// Refuses sizes that are not taken.
  static func check(_ size: PictureSize, name: String) throws(FlipbookError) {
    guard max(size.width, size.height) <= longestSide else {
      throw .input(
        name: name, problem: "it is \(size), expected sides of at most \(longestSide) pixels",
        advice: "make it smaller first")
    }
    let ratio = Double(size.width) / Double(size.height)
    guard ratios.contains(ratio) else {
      throw .input(
        name: name,
        problem: "it is \(size), \(Quantity.decimals(ratio, 2)) times as wide as high, expected "
          + "\(ratios.lowerBound) to \(ratios.upperBound)",
        advice: "crop it first")
    }
  }

  /// An error of reading, under the option's name.
  static func failure(_ error: VideoError, name: String) -> FlipbookError {
    switch error {
    case .wrongFormat(let path, let expected, let found)
    where found.contains("mp4") || found.contains("Matroska") || found.contains("GIF"):
      .input(
        name: name, problem: "\"\(path)\" is \(found), expected \(expected)",
        advice: "take one of its frames, as in '\(path)#0' or '\(path)#-1'")
    case .outOfMemory: FlipbookError(wrapping: error)
    default: .input(name: name, problem: error.description)
    }
  }
}
