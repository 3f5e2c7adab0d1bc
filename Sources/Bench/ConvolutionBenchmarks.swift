// Causal convolutions at the autoencoder's shapes, as many latent frames of a stream at a time as a run of native
// length gives them: all three frames of the kernel are there.

import Diorama
import Kernels
import Layers
import Tensor

/// Every row in Float32, and as `-bf16` with its factors rounded, those of the decoder's blocks by the algorithm that is
/// not taken on this processor too.
func convolutionBenchmarks(_ shapes: ModelShapes) -> [Benchmark] {
  // Narrow outputs take another tile: 16 channels are one vector of it, 32 two, the others three.
  let narrow = [16, 32].map { outputs in
    ConvolutionShape(
      name: "narrow-\(outputs)", height: 4 * shapes.grid.rows, width: 4 * shapes.grid.columns,
      inputs: 96, outputs: outputs, kernelTime: 3)
  }
  let levels = shapes.decoderConvolutions + shapes.encoderConvolutions
  return
    ((levels.filter { $0.times > 0 } + narrow).map(Row.init)
    + [residualBlock(shapes.decoderConvolutions)].compactMap(\.self) + large)
    .flatMap { row in
      let shape = row.shape
      let frames = min(
        shapes.grid.frames, CausalConv3D.framesAtOnce(pixels: shape.height * shape.width))
      return [ComputePrecision.f32, .bf16].map { benchmark(row, frames: frames, $0) }
        + row.otherAlgorithms.map { benchmark($0, frames: frames, .bf16) }
    }
}

private struct Row {
  let shape: ConvolutionShape
  /// Whether it stands in a residual block: behind norm and SiLU, and with the sum.
  var isResidual = false
  /// `nil`: the fastest one.
  var algorithm: ConvolutionAlgorithm?

  init(_ shape: ConvolutionShape) { self.shape = shape }

  var name: String {
    shape.name + (isResidual ? "-residual" : "") + (algorithm.map { "-\($0)" } ?? "")
  }

  var otherAlgorithms: [Row] {
    guard convolvesFasterInBFloat16, shape.name.hasPrefix("decoder-block"), !isResidual else {
      return []
    }
    let taken = ConvolutionAlgorithm.fastest(
      inputs: shape.inputs, kernelHeight: 3, kernelWidth: 3, format: .bfloat16)
    return ConvolutionAlgorithm.allCases.filter { $0 != taken }.map {
      var row = self
      row.algorithm = $0
      return row
    }
  }

  func text(frames: Int) -> String {
    "\(shape.kernelTime)×3×3, \(frames)×\(shape.height)×\(shape.width), \(shape.inputs) → \(shape.outputs)"
      + (isResidual ? ", norm, SiLU, added" : "")
  }
}

/// Wide channels and frames of higher resolution, as larger autoencoders have them.
private let large: [Row] = [
  (64, 64, 64, 64), (64, 64, 128, 128), (64, 64, 100, 100), (120, 160, 96, 96), (32, 32, 384, 384),
].map { height, width, inputs, outputs in
  Row(
    ConvolutionShape(
      name: "large-\(inputs)", height: height, width: width, inputs: inputs, outputs: outputs,
      kernelTime: 3))
}

private func residualBlock(_ shapes: [ConvolutionShape]) -> Row? {
  guard let shape = shapes.last(where: { $0.kernelTime == 3 && $0.times > 0 }) else { return nil }
  var row = Row(shape)
  row.isResidual = true
  return row
}

private func benchmark(_ row: Row, frames: Int, _ precision: ComputePrecision) -> Benchmark {
  let shape = row.shape
  return .arithmetic(
    "convolution/\(row.name)", in: precision, shape: row.text(frames: frames),
    operations: Double(frames) * shape.operations
  ) { threads in
    // Weights of zero leave the sum where it is, however often it is added to.
    let weights: any WeightSource = row.isResidual ? ZeroWeights() : SyntheticWeights()
    let layer = try CausalConv3D(
      Weights(weights, precision: precision), inputs: shape.inputs, outputs: shape.outputs,
      kernel: (shape.kernelTime, 3, 3), algorithm: row.algorithm)
    let norm =
      row.isResidual
      ? try RMSNormSiLU(Weights(SyntheticWeights(), prefix: "norm"), channels: shape.inputs) : nil
    let x = try Tensor.normals([frames, shape.height, shape.width, shape.inputs])
    let sum = try Tensor([frames, shape.height, shape.width, shape.outputs])
    let state = try layer.makeState(height: shape.height, width: shape.width)
    let compute = try makeCompute(threads: threads)
    let body = {
      if row.isResidual {
        layer(x, after: norm, addingTo: sum, state: state, compute)
      } else {
        compute.arena.scope { () -> Void in _ = layer(x, state: state, compute) }
      }
    }
    // Before the start of a clip there is nothing to convolve: the past is filled first.
    for _ in 0..<shape.kernelTime { body() }
    return body
  }
}

/// Zeros for everything.
private struct ZeroWeights: WeightSource {
  func tensor(_ key: String, shape: [Int]) throws -> Tensor { try Tensor(shape) }
  func contains(_ key: String) -> Bool { true }
}
