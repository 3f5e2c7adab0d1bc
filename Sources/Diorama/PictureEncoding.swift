import Tensor
import Video

/// Pictures to latents, one latent frame after the other. Used by one thread at a time.
struct PictureEncoding {
  private var stream: Autoencoder.EncoderStream
  private let compute: Compute

  /// - Throws: what `Autoencoder.makeEncoderStream` throws.
  init(_ autoencoder: Autoencoder, _ grid: LatentGrid, _ compute: Compute) throws {
    stream = try autoencoder.makeEncoderStream(rows: grid.rows, columns: grid.columns)
    self.compute = compute
  }

  /// Encodes the next latent frame into one frame of latents [C, T, h, w].
  /// - Parameter pictures: one at the start of the clip, four later.
  mutating func encode(_ pictures: [Picture], into latents: Tensor, frame: Int) {
    precondition(
      pictures.count == (stream.latentCount == 0 ? 1 : AutoencoderConfiguration.framesPerLatent),
      "\(pictures.count) pictures for latent \(stream.latentCount)")
    compute.arena.scope { () -> Void in
      let size = pictures[0].size
      let pixels = compute.arena.tensor([pictures.count, size.height, size.width, 3])
      for (index, picture) in pictures.enumerated() { picture.write(to: pixels, frame: index) }
      latents.setFrame(frame, channelsLast: stream(pixels, compute))
    }
  }

  /// Encodes 1 + 4k pictures that a clip begins with into the first frames of latents [C, T, h, w].
  mutating func encode(opening pictures: [Picture], into latents: Tensor) {
    var start = 0
    var frame = 0
    while start < pictures.count {
      let end = frame == 0 ? 1 : start + AutoencoderConfiguration.framesPerLatent
      encode(Array(pictures[start..<end]), into: latents, frame: frame)
      start = end
      frame += 1
    }
  }
}

extension Tensor {
  /// Writes one frame of latents [C, T, h, w].
  /// - Parameter source: [1, h, w, C].
  func setFrame(_ frame: Int, channelsLast source: Tensor) {
    let (channels, positions) = (shape[0], shape[2] * shape[3])
    precondition(source.count == channels * positions, "\(source.shape) as a frame of \(shape)")
    for channel in 0..<channels {
      let target = pointer + (channel * shape[1] + frame) * positions
      for position in 0..<positions {
        target[position] = source.pointer[position * channels + channel]
      }
    }
    withExtendedLifetime((self, source)) {}
  }

  /// Copies one frame of latents [C, T, h, w] of another clip of the same size.
  func setFrame(_ frame: Int, from source: Tensor, frame sourceFrame: Int) {
    let (channels, positions) = (shape[0], shape[2] * shape[3])
    precondition(
      source.shape[0] == channels && source.shape[2] * source.shape[3] == positions,
      "a frame of \(source.shape) into \(shape)")
    for channel in 0..<channels {
      (pointer + (channel * shape[1] + frame) * positions).update(
        from: source.pointer + (channel * source.shape[1] + sourceFrame) * positions,
        count: positions)
    }
    withExtendedLifetime((self, source)) {}
  }
}
