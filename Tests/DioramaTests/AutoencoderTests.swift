import Checkpoint
import Tensor
import Testing

@testable import Diorama

/// The autoencoder against its PyTorch twin, and as a stream.
@Suite struct AutoencoderTests {
  private let autoencoder: Autoencoder

  init() throws { autoencoder = try Fixture.autoencoder() }

  /// All of `latents` [T, h, w, C] decoded in pieces of the given lengths: [F, H, W, 3].
  private func decode(_ latents: Tensor, pieces: [Int], threads: Int = 2) throws -> Tensor {
    let compute = try Compute.forTests(threads: threads)
    var stream = try autoencoder.makeDecoderStream(
      rows: latents.shape[1], columns: latents.shape[2])
    var pixels: [Float] = []
    var start = 0
    for length in pieces {
      compute.arena.scope {
        pixels += stream(latents[start..<start + length], compute).array()
      }
      start += length
    }
    let (height, width) = (16 * latents.shape[1], 16 * latents.shape[2])
    return try Tensor(pixels, shape: [pixels.count / height / width / 3, height, width, 3])
  }

  /// All of `frames` [F, H, W, 3] encoded in pieces of the given lengths: [T, h, w, C].
  private func encode(_ frames: Tensor, pieces: [Int], threads: Int = 2) throws -> Tensor {
    let compute = try Compute.forTests(threads: threads)
    let (rows, columns) = (frames.shape[1] / 16, frames.shape[2] / 16)
    var stream = try autoencoder.makeEncoderStream(rows: rows, columns: columns)
    var latents: [Float] = []
    var start = 0
    for length in pieces {
      compute.arena.scope {
        latents += stream(frames[start..<start + length], compute).array()
      }
      start += length
    }
    return try Tensor(latents, shape: [latents.count / rows / columns / 4, rows, columns, 4])
  }

  /// Some ten layers deep: a whole pass is held to 1e-4.
  @Test func decodesAsTheTwin() throws {
    let golden = try Fixture.golden("autoencoder")
    let frames = try decode(try channelsLast(try golden["latents"]), pieces: [3])
    #expect(relativeError(frames, try golden["decoded"]) < 1e-5)
  }

  @Test func encodesAsTheTwin() throws {
    let golden = try Fixture.golden("autoencoder")
    let latents = try encode(try golden["pixels"], pieces: [9])
    #expect(relativeError(latents, try channelsLast(try golden["encoded"])) < 1e-5)
  }

  @Test func streamsGiveTheBitsOfTheWhole() throws {
    let latents = try normals([4, 2, 3, 4], seed: 3)
    let whole = bits(try decode(latents, pieces: [4]))
    #expect(bits(try decode(latents, pieces: [1, 1, 1, 1])) == whole)
    #expect(bits(try decode(latents, pieces: [2, 1, 1])) == whole)
    #expect(bits(try decode(latents, pieces: [1, 3])) == whole)
    let frames = try normals([13, 32, 48, 3], seed: 4)
    let encoded = bits(try encode(frames, pieces: [13]))
    #expect(bits(try encode(frames, pieces: [1, 4, 4, 4])) == encoded)
    #expect(bits(try encode(frames, pieces: [5, 8])) == encoded)
  }

  @Test func threadsChangeNoBit() throws {
    let latents = try normals([3, 2, 3, 4], seed: 3)
    let frames = try normals([9, 32, 48, 3], seed: 4)
    let decoded = bits(try decode(latents, pieces: [1, 1, 1], threads: 1))
    let encoded = bits(try encode(frames, pieces: [1, 4, 4], threads: 1))
    for threads in [2, 3, 5] {
      #expect(bits(try decode(latents, pieces: [1, 1, 1], threads: threads)) == decoded)
      #expect(bits(try encode(frames, pieces: [1, 4, 4], threads: threads)) == encoded)
    }
  }

  /// A frame changes its own latent and later ones; a latent its own frames and later ones.
  @Test(arguments: [0, 1, 4, 5, 8, 12])
  func timeRunsForward(frame: Int) throws {
    let frames = try normals([13, 16, 16, 3], seed: 5)
    let before = try encode(frames, pieces: [13])
    frames[frame..<frame + 1].fill(0.5)
    let after = try encode(frames, pieces: [13])
    let latent = (frame + 3) / 4
    #expect(bits(before[0..<latent]) == bits(after[0..<latent]))
    #expect(bits(before[latent..<latent + 1]) != bits(after[latent..<latent + 1]))

    let latents = try normals([4, 1, 1, 4], seed: 6)
    let shown = try decode(latents, pieces: [4])
    latents[latent..<latent + 1].fill(0.5)
    let changed = try decode(latents, pieces: [4])
    let first = latent == 0 ? 0 : 4 * latent - 3
    #expect(bits(shown[0..<first]) == bits(changed[0..<first]))
    #expect(bits(shown[first..<first + 1]) != bits(changed[first..<first + 1]))
  }

  @Test func everyWeightIsRead() throws {
    let file = try Fixture.weights("vae")
    _ = try Autoencoder(Weights(file), configuration: autoencoder.configuration)
    #expect(file.unreadKeys == [])
  }
}
