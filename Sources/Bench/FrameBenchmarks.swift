// Pixels to coefficients and back, pixels into channels and back, and the mp4 at the end.

import Diorama
import Files
import Layers
import Tensor
import Video

func frameBenchmarks(_ shapes: ModelShapes) -> [Benchmark] {
  let grid = shapes.grid
  let pixels = [4, grid.height, grid.width, 3]
  let coefficients = [1, grid.height / 4, grid.width / 4, ModelShapes.coefficients]
  let (fine, coarse) = (
    shapes.autoencoder.decoderChannels[1], shapes.autoencoder.decoderChannels[2]
  )
  let small = [1, grid.rows, grid.columns, 4 * fine]
  let large = [1, 2 * grid.rows, 2 * grid.columns, fine]
  return [
    mapping("haar/forward", pixels, to: coefficients) { haarForward($0, startsClip: false, $1) },
    mapping("haar/inverse", coefficients, to: pixels) { haarInverse($0, startsClip: false, $1) },
    mapping("pixels/unshuffle", large, to: small) { pixelUnshuffle2($0, $1) },
    finite([grid.count, coarse]),
    philox([shapes.autoencoder.latentChannels, grid.frames, grid.rows, grid.columns]),
  ]
}

private func mapping(
  _ name: String, _ from: [Int], to: [Int],
  _ body: @escaping (_ x: Tensor, _ compute: Compute) -> Tensor
) -> Benchmark {
  .memory(
    name, shape: "\(dimensions(from)) → \(dimensions(to))",
    floats: from.reduce(1, *) + to.reduce(1, *)
  ) { threads in
    let compute = try makeCompute(threads: threads)
    let x = try Tensor.normals(from)
    return { compute.arena.scope { _ = body(x, compute) } }
  }
}

/// The look for numbers that are none, after every layer; one thread.
private func finite(_ size: [Int]) -> Benchmark {
  .memory(
    "check/finite", shape: dimensions(size), floats: size.reduce(1, *), inPlace: true,
    isParallel: false
  ) { _ in
    let x = try Tensor.normals(size)
    let finder = NonFiniteFinder()
    return { finder.layer("x", x) }
  }
}

/// The noise that a clip begins as; one thread.
private func philox(_ size: [Int]) -> Benchmark {
  .memory(
    "philox/normals", shape: dimensions(size), floats: size.reduce(1, *), inPlace: true,
    isParallel: false
  ) { _ in
    let x = try Tensor(size)
    return { Philox(seed: 7).normals(into: x) }
  }
}

func videoBenchmarks(_ shapes: ModelShapes) -> [Benchmark] {
  [
    PictureSize(width: shapes.grid.width, height: shapes.grid.height),
    PictureSize(width: 864, height: 480),
  ].map { mp4($0, frames: shapes.grid.videoFrames) }
}

/// H.264 on one thread, from the first frame to the file under its name.
private func mp4(_ size: PictureSize, frames: Int) -> Benchmark {
  Benchmark(
    "mp4/\(size)", shape: "\(frames) frames", work: .items(Double(frames), of: "frames"),
    limit: .unknown, isParallel: false
  ) { _ in
    let folder = try TemporaryFolder()
    let pictures = (0..<frames).map { movingDisc($0, size: size) }
    return {
      let writer = try MP4Writer("\(folder.path)/clip.mp4", size: size)
      for picture in pictures { try writer.append(picture) }
      try writer.finish()
    }
  }
}

/// A disc that crosses a meadow of smooth colours.
private func movingDisc(_ frame: Int, size: PictureSize) -> Picture {
  let (width, height) = (size.width, size.height)
  let (centerX, centerY, radius) = (width / 4 + 2 * frame, height / 2, height / 5)
  var bytes: [UInt8] = []
  bytes.reserveCapacity(size.pixelCount * 3)
  for y in 0..<height {
    for x in 0..<width {
      let (dx, dy) = (x - centerX, y - centerY)
      if dx * dx + dy * dy < radius * radius {
        bytes += [220, UInt8(40 + 40 * y / height), 30]
      } else {
        bytes += [UInt8(60 + 60 * x / width), UInt8(120 + 100 * y / height), 90]
      }
    }
  }
  return Picture(width: width, height: height, pixels: bytes)
}
