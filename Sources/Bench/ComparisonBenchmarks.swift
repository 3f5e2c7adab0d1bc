// The bodies of a comparison's requests, at whatever shape is asked for.

import Layers
import Tensor

func linear(
  rows: Int, inputs: Int, outputs: Int, _ precision: ComputePrecision
) -> Benchmark {
  let shape = MatrixShape(name: "linear", rows: rows, inputs: inputs, outputs: outputs)
  return .arithmetic(
    "compare/linear", shape: shape.text, operations: shape.operations
  ) { threads in
    let layer = try Linear(
      Weights(SyntheticWeights(), precision: precision), inputs: inputs, outputs: outputs)
    let x = try Tensor.normals([rows, inputs])
    let compute = try makeCompute(threads: threads)
    return { compute.arena.scope { _ = layer(x, compute) } }
  }
}

/// The same between two others, as in a model: rows in the format of the product in, those of the next
/// product out.
func linearRows(
  rows: Int, inputs: Int, outputs: Int, _ precision: ComputePrecision
) -> Benchmark {
  let shape = MatrixShape(name: "linear-rows", rows: rows, inputs: inputs, outputs: outputs)
  return .arithmetic(
    "compare/linear-rows", shape: shape.text, operations: shape.operations
  ) { threads in
    let weights = Weights(SyntheticWeights(), precision: precision)
    let layer = try Linear(weights, inputs: inputs, outputs: outputs)
    let next = try Linear(weights, inputs: outputs, outputs: 32)
    let compute = try makeCompute(threads: threads)
    let input = layer.input(try Tensor.normals([rows, inputs]), compute)
    return { compute.arena.scope { _ = layer(input, for: next, compute) } }
  }
}

/// - Parameter size: [T, h, w, C], what goes in and what comes out.
func convolution(_ size: [Int], _ precision: ComputePrecision) -> Benchmark {
  let channels = size[3]
  return .arithmetic(
    "compare/convolution", shape: "3×3×3, \(dimensions(size))",
    operations: 2 * size.reduce(1) { $0 * Double($1) } * Double(27 * channels)
  ) { threads in
    let layer = try CausalConv3D(
      Weights(SyntheticWeights(), precision: precision), inputs: channels, outputs: channels)
    let x = try Tensor.normals(size)
    let state = try layer.makeState(height: size[1], width: size[2])
    let compute = try makeCompute(threads: threads)
    // Before the start of a clip there is nothing to convolve: the past is filled first.
    for _ in 0..<2 { compute.arena.scope { _ = layer(x, state: state, compute) } }
    return { compute.arena.scope { _ = layer(x, state: state, compute) } }
  }
}
