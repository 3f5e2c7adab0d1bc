// Causal convolutions at the autoencoder's shapes, one latent frame of a stream at a time: all three
// frames of the kernel are there.

import Diorama
import Layers
import Tensor

func convolutionBenchmarks(_ shapes: ModelShapes) -> [Benchmark] {
  // Narrow outputs take another tile: 16 channels are one vector of it, 32 two, the others three.
  let narrow = [16, 32].map { outputs in
    ConvolutionShape(
      name: "narrow-\(outputs)", height: 4 * shapes.grid.rows, width: 4 * shapes.grid.columns,
      inputs: 96, outputs: outputs, kernelTime: 3)
  }
  let levels = shapes.decoderConvolutions + shapes.encoderConvolutions
  return (levels.filter { $0.times > 0 } + narrow).map(convolution)
    + [residual(shapes.decoderConvolutions)].compactMap(\.self)
}

private func text(_ shape: ConvolutionShape) -> String {
  "\(shape.kernelTime)×3×3, \(shape.height)×\(shape.width), \(shape.inputs) → \(shape.outputs)"
}

private func convolution(_ shape: ConvolutionShape) -> Benchmark {
  .arithmetic(
    "convolution/\(shape.name)", shape: text(shape), operations: shape.operations
  ) { threads in
    let (layer, x, state, compute) = try make(shape, threads)
    return { compute.arena.scope { _ = layer(x, state: state, compute) } }
  }
}

/// With the sum of a residual block.
private func residual(_ shapes: [ConvolutionShape]) -> Benchmark? {
  guard let shape = shapes.last(where: { $0.kernelTime == 3 && $0.times > 0 }) else { return nil }
  return .arithmetic(
    "convolution/\(shape.name)-residual", shape: text(shape) + ", added",
    operations: shape.operations
  ) { threads in
    // Weights of zero leave the sum where it is, however often it is added to.
    let (layer, x, state, compute) = try make(shape, threads, weights: ZeroWeights())
    let sum = try Tensor([1, shape.height, shape.width, shape.outputs])
    return { layer(x, addingTo: sum, state: state, compute) }
  }
}

private func make(
  _ shape: ConvolutionShape, _ threads: Int, weights: any WeightSource = SyntheticWeights()
) throws -> (CausalConv3D, Tensor, ConvolutionState, Compute) {
  let layer = try CausalConv3D(
    Weights(weights), inputs: shape.inputs, outputs: shape.outputs,
    kernel: (shape.kernelTime, 3, 3))
  let x = try Tensor.normals([1, shape.height, shape.width, shape.inputs])
  let state = try layer.makeState(height: shape.height, width: shape.width)
  let compute = try makeCompute(threads: threads)
  // Before the start of a clip there is nothing to convolve: the past is filled first.
  for _ in 0..<2 { compute.arena.scope { _ = layer(x, state: state, compute) } }
  return (layer, x, state, compute)
}

/// Zeros for everything.
private struct ZeroWeights: WeightSource {
  func tensor(_ key: String, shape: [Int]) throws -> Tensor { try Tensor(shape) }
  func contains(_ key: String) -> Bool { true }
}
