import Checkpoint
import Glibc
import Tensor
import Testing

@testable import Diorama

/// The autoencoder against its PyTorch twin, and as a stream.
@Suite struct AutoencoderTests {
  /// What a pass of some ten layers is held to: Float32, and factors of eight digits.
  static let tolerances = [(ComputePrecision.f32, 1e-5), (.bf16, 2e-2)]

  private let autoencoder: Autoencoder

  init() throws { autoencoder = try Fixture.autoencoder() }

  /// All of `latents` [T, h, w, C] decoded in pieces of the given lengths: [F, H, W, 3].
  private func decode(
    _ latents: Tensor, pieces: [Int], threads: Int = 2, with autoencoder: Autoencoder? = nil
  ) throws -> Tensor {
    let autoencoder = autoencoder ?? self.autoencoder
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
  private func encode(
    _ frames: Tensor, pieces: [Int], threads: Int = 2, with autoencoder: Autoencoder? = nil
  ) throws -> Tensor {
    let autoencoder = autoencoder ?? self.autoencoder
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
    let channels = autoencoder.configuration.latentChannels
    return try Tensor(
      latents,
      shape: [
        latents.count / rows / columns / channels, rows, columns, channels,
      ])
  }

  @Test(arguments: tolerances)
  func decodesAsTheTwin(_ precision: ComputePrecision, _ tolerance: Double) throws {
    let golden = try Fixture.golden("autoencoder")
    let frames = try decode(
      try channelsLast(try golden["latents"]), pieces: [3],
      with: try Fixture.autoencoder(precision: precision))
    #expect(relativeError(frames, try golden["decoded"]) < tolerance)
  }

  @Test(arguments: tolerances)
  func encodesAsTheTwin(_ precision: ComputePrecision, _ tolerance: Double) throws {
    let golden = try Fixture.golden("autoencoder")
    let latents = try encode(
      try golden["pixels"], pieces: [9], with: try Fixture.autoencoder(precision: precision))
    #expect(relativeError(latents, try channelsLast(try golden["encoded"])) < tolerance)
  }

  @Test(arguments: [ComputePrecision.f32, .bf16])
  func streamsGiveTheBitsOfTheWhole(_ precision: ComputePrecision) throws {
    let autoencoder = try Fixture.autoencoder(precision: precision)
    func decode(_ latents: Tensor, pieces: [Int]) throws -> Tensor {
      try self.decode(latents, pieces: pieces, with: autoencoder)
    }
    func encode(_ frames: Tensor, pieces: [Int]) throws -> Tensor {
      try self.encode(frames, pieces: pieces, with: autoencoder)
    }
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

  /// A stream works on the memory of the last one, two at once each on their own, and none sees what was there.
  @Test(arguments: [ComputePrecision.f32, .bf16])
  func streamsLeaveNothingToTheNext(_ precision: ComputePrecision) throws {
    let latents = try channelsLast(try Fixture.golden("autoencoder")["latents"])
    let others = try Tensor(latents.array().map { 3 - $0 }, shape: latents.shape)
    let whole = bits(
      try decode(latents, pieces: [3], with: try Fixture.autoencoder(precision: precision)))

    let used = try Fixture.autoencoder(precision: precision)
    let compute = try Compute.forTests(threads: 2)
    do {
      let (rows, columns) = (latents.shape[1], latents.shape[2])
      var one = try used.makeDecoderStream(rows: rows, columns: columns)
      var another = try used.makeDecoderStream(rows: rows, columns: columns)
      compute.arena.scope { _ = one(latents[1..<3], compute) }
      compute.arena.scope { _ = another(others, compute) }
      #expect(bits(try decode(latents, pieces: [1, 2], with: used)) == whole)
      _ = try used.makeDecoderStream(rows: columns, columns: rows)
    }
    #expect(bits(try decode(latents, pieces: [3], with: used)) == whole)
    #expect(bits(try decode(latents, pieces: [2, 1], with: used)) == whole)
  }

  @Test(arguments: [ComputePrecision.f32, .bf16])
  func threadsChangeNoBit(_ precision: ComputePrecision) throws {
    let autoencoder = try Fixture.autoencoder(precision: precision)
    func decode(_ latents: Tensor, pieces: [Int], threads: Int) throws -> Tensor {
      try self.decode(latents, pieces: pieces, threads: threads, with: autoencoder)
    }
    func encode(_ frames: Tensor, pieces: [Int], threads: Int) throws -> Tensor {
      try self.encode(frames, pieces: pieces, threads: threads, with: autoencoder)
    }
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

  /// The bundled weights at their native size: a clip decoded in bfloat16 is the clip decoded in
  /// Float32 to 40 dB, where pixels are −1…1.
  @Test func bundledWeightsHoldInBFloat16() throws {
    let directory = try ModelDirectory(opening: Fixture.bundledModel)
    var config = try directory.config("vae")
    let configuration = try AutoencoderConfiguration(&config)
    let files = try directory.weights("vae")
    let frames = try movingStripes([9, 128, 128, 3])
    let exact = try Autoencoder(Weights(files), configuration: configuration)
    let latents = try encode(frames, pieces: [1, 4, 4], with: exact)
    let expected = try decode(latents, pieces: [1, 1, 1], with: exact)
    let rounded = try Autoencoder(
      Weights(files, precision: .bf16), configuration: configuration)
    let found = try decode(latents, pieces: [1, 1, 1], with: rounded)
    let square = zip(found.array(), expected.array()).reduce(0.0) {
      $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1)
    }
    let decibels = 10 * log10(4 * Double(found.count) / square)
    #expect(decibels > 40, "\(decibels) dB")
  }

  /// Stripes of every width that run over a gradient.
  private func movingStripes(_ shape: [Int]) throws -> Tensor {
    let tensor = try Tensor(shape)
    for index in 0..<tensor.count {
      let (colour, x) = (index % 3, index / 3 % shape[2])
      let (y, frame) = (index / 3 / shape[2] % shape[1], index / 3 / shape[2] / shape[1])
      let phase = Double(x + 2 * frame) * Double(y + 8) / 200 + Double(colour)
      tensor.pointer[index] = Float(0.6 * sin(phase) + Double(y) / Double(shape[1]) * 0.8 - 0.4)
    }
    return tensor
  }

  @Test func everyWeightIsRead() throws {
    let file = try Fixture.weights("vae")
    _ = try Autoencoder(Weights(file), configuration: autoencoder.configuration)
    #expect(file.unreadKeys == [])
  }
}
