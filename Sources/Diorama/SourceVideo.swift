import Tensor
import Video

/// The latents of a video that is drawn anew, read and encoded as far as they are wanted.
struct SourceVideo {
  private let frames: ClipInputs.Frames
  private var encoding: PictureEncoding
  /// Latent frames read so far.
  private var count = 0
  private var frameCount = 0
  /// The frames that the clip should have.
  private let expected: Int

  /// - Throws: what opening the video throws, `TensorError.outOfMemory`.
  init(
    _ open: () throws -> ClipInputs.Frames, expected: Int, _ encoding: PictureEncoding
  ) throws {
    frames = try open()
    self.expected = expected
    self.encoding = encoding
  }

  /// Encodes latent frames of the clip into latents [C, T, h, w], whose first frame is `start`.
  /// - Parameter range: of the clip; it goes on where the one before ended, or leaves some out.
  /// - Throws: what reading the video throws; `DioramaError.sourceEnds`.
  mutating func latents(_ range: Range<Int>, into latents: Tensor, start: Int) throws {
    precondition(range.lowerBound >= count, "a video is read once")
    while count < range.upperBound {
      let wanted = count == 0 ? 1 : AutoencoderConfiguration.framesPerLatent
      var pictures: [Picture] = []
      while pictures.count < wanted, let picture = try frames() { pictures.append(picture) }
      frameCount += pictures.count
      guard pictures.count == wanted else {
        throw DioramaError.sourceEnds(found: frameCount, expected: expected)
      }
      // What lies before the range is encoded as well: the convolutions remember it.
      encoding.encode(pictures, into: latents, frame: max(0, count - start))
      count += 1
    }
  }
}
