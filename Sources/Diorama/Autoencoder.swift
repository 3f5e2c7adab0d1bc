// Diorama's causal video autoencoder (after those of Seedance 1.0, arXiv 2506.09113, and Seaweed-7B,
// arXiv 2504.08685):
//
//   pixels [F, H, W, 3] ⇄ Haar [T, H/4, W/4, 192] ⇄ latents [T, H/16, W/16, C]
//
// F = 1 + 4k frames, T = 1 + k latent frames, H W pixels, h w = H/16, W/16, C = 48 latent channels.
// Frame and latent 0 stand alone; each later latent is four frames. All is causal in time, so that
// both directions are streams: a latent in gives its frames out.

import Layers
package import Tensor

/// Pixels in [−1, 1] to normalised latents, and back.
package struct Autoencoder: Sendable {
  package let configuration: AutoencoderConfiguration

  /// Text to video does without it.
  private let encoder: Deferred<Encoder>
  private let decoder: Decoder
  private let spareState = SpareState()

  /// - Throws: `WeightError`, `TensorError.outOfMemory`.
  package init(_ weights: Weights, configuration: AutoencoderConfiguration) throws {
    let encoder = try Encoder(weights["encoder"], configuration: configuration)
    self.init(
      encoder: Deferred { encoder },
      decoder: try Decoder(weights["decoder"], configuration: configuration),
      configuration: configuration)
  }

  /// Two halves that are loaded apart.
  init(encoder: Deferred<Encoder>, decoder: Decoder, configuration: AutoencoderConfiguration) {
    self.configuration = configuration
    self.encoder = encoder
    self.decoder = decoder
  }

  /// A clip that is decoded some latents at a time. Used by one thread at a time.
  package struct DecoderStream {
    fileprivate let decoder: Decoder
    fileprivate let configuration: AutoencoderConfiguration
    fileprivate let lease: SpareState.Lease
    /// Latent frames decoded so far.
    package private(set) var latentCount = 0

    /// How many latents of so many positions a call should be given: small ones together
    /// (`CausalConv3D.framesAtOnce`), but no more, since memory grows with them.
    package static func latentsAtOnce(positions: Int) -> Int {
      CausalConv3D.framesAtOnce(pixels: positions)
    }

    /// The bytes that the stream keeps from latent to latent.
    package var byteCount: Int { lease.state.byteCount }

    /// The frames of the next latents.
    /// - Parameter latents: normalised, [T, h, w, C], any T above 0.
    /// - Returns: pixels [F, 16h, 16w, 3], mostly in [−1, 1], in the arena; F = 1 + 4(T − 1) at the
    ///   start of the clip, 4T later.
    package mutating func callAsFunction(_ latents: Tensor, _ compute: Compute) -> Tensor {
      let shape = latents.shape
      precondition(
        shape.count == 4 && shape[3] == configuration.latentChannels,
        "latents of shape \(shape), expected [T, h, w, \(configuration.latentChannels)]")
      let z = compute.arena.tensor(shape)
      let means = configuration.latentMeans
      let deviations = configuration.latentDeviations
      let channels = shape[3]
      for index in 0..<z.count {
        let channel = index % channels
        z.pointer[index] = latents.pointer[index] * deviations[channel] + means[channel]
      }
      withExtendedLifetime(latents) {}
      let coefficients = decoder(z, state: lease.state, compute)
      let pixels = haarInverse(coefficients, startsClip: latentCount == 0, compute)
      latentCount += shape[0]
      return pixels
    }
  }

  /// Begins to decode a clip, on the memory of the last one where that was as large.
  /// - Parameters:
  ///   - rows, columns: of its latents.
  /// - Throws: `TensorError.outOfMemory`.
  package func makeDecoderStream(rows: Int, columns: Int) throws(TensorError) -> DecoderStream {
    DecoderStream(
      decoder: decoder, configuration: configuration,
      lease: try spareState.lease(rows: rows, columns: columns) { () throws(TensorError) in
        try decoder.makeState(rows: rows, columns: columns)
      })
  }

  /// A clip that is encoded piece by piece. Used by one thread at a time.
  package struct EncoderStream {
    fileprivate let encoder: Encoder
    fileprivate let configuration: AutoencoderConfiguration
    fileprivate let state: Encoder.State
    /// Latent frames encoded so far.
    package private(set) var latentCount = 0

    /// The latents of the next frames.
    /// - Parameter pixels: [F, 16h, 16w, 3] in [−1, 1]; F = 1 + 4k at the start of the clip, 4k later.
    /// - Returns: normalised latents [T, h, w, C], in the arena.
    package mutating func callAsFunction(_ pixels: Tensor, _ compute: Compute) -> Tensor {
      let count = (pixels.shape[0] + 3) / AutoencoderConfiguration.framesPerLatent
      let (rows, columns) = (
        pixels.shape[1] / AutoencoderConfiguration.pixels,
        pixels.shape[2] / AutoencoderConfiguration.pixels
      )
      let channels = configuration.latentChannels
      let result = compute.arena.tensor([count, rows, columns, channels])
      let startsClip = latentCount == 0
      compute.arena.scope { () -> Void in
        let coefficients = haarForward(pixels, startsClip: startsClip, compute)
        let z = encoder(coefficients, state: state, compute)
        let means = configuration.latentMeans
        let deviations = configuration.latentDeviations
        for index in 0..<z.count {
          let channel = index % channels
          result.pointer[index] = (z.pointer[index] - means[channel]) / deviations[channel]
        }
      }
      latentCount += count
      return result
    }
  }

  /// Begins to encode a clip.
  /// - Parameters:
  ///   - rows, columns: of its latents.
  /// - Throws: `TensorError.outOfMemory`, and what loading the encoder throws where this is the first clip that
  ///   needs it.
  package func makeEncoderStream(rows: Int, columns: Int) throws -> EncoderStream {
    let encoder = try encoder()
    return EncoderStream(
      encoder: encoder, configuration: configuration,
      state: try encoder.makeState(rows: rows, columns: columns))
  }
}
