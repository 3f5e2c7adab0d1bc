/// The positions of a clip's latents: T frames of h rows and w columns.
package struct LatentGrid: Sendable, Equatable {
  /// T.
  package let frames: Int
  /// h.
  package let rows: Int
  /// w.
  package let columns: Int

  package init(frames: Int, rows: Int, columns: Int) {
    precondition(frames > 0 && rows > 0 && columns > 0, "an empty grid of latents")
    self.frames = frames
    self.rows = rows
    self.columns = columns
  }

  /// The grid of a clip.
  /// - Parameters:
  ///   - frames: F = 1 + 4k.
  ///   - width, height: pixels, multiples of 16.
  /// - Throws: `DioramaError.frames`, `.size`.
  package init(frames: Int, width: Int, height: Int) throws(DioramaError) {
    let (pixels, length) = (
      AutoencoderConfiguration.pixels, AutoencoderConfiguration.framesPerLatent
    )
    guard frames > 0, frames % length == 1 else { throw .frames(found: frames) }
    guard width > 0, height > 0, width % pixels == 0, height % pixels == 0 else {
      throw .size(width: width, height: height, multiple: pixels)
    }
    self.init(frames: 1 + frames / length, rows: height / pixels, columns: width / pixels)
  }

  /// Positions of one frame, h·w.
  package var positionsPerFrame: Int { rows * columns }
  /// Positions of the clip, N = T·h·w; a picture token each.
  package var count: Int { frames * positionsPerFrame }
  /// Frames of the video, F = 1 + 4(T − 1).
  package var videoFrames: Int { 1 + (frames - 1) * AutoencoderConfiguration.framesPerLatent }
  /// Pixels of the video.
  package var width: Int { columns * AutoencoderConfiguration.pixels }
  package var height: Int { rows * AutoencoderConfiguration.pixels }
}
