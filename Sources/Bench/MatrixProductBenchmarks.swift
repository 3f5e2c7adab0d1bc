// x Wᵀ + b in Float32: our blocks on our threads, beside one call of OpenBLAS with threads of its own.

import COpenBLAS
import Diorama
import Layers
import Tensor

/// A linear map of the model: rows · inputs · outputs.
struct MatrixShape {
  let name: String
  let rows: Int
  let inputs: Int
  let outputs: Int

  var text: String { "\(rows)×\(inputs) · \(inputs)×\(outputs)" }
  var operations: Double { 2 * Double(rows) * Double(inputs) * Double(outputs) }
}

func matrixProductBenchmarks(_ shapes: ModelShapes) -> [Benchmark] {
  let transformer = shapes.transformer
  let (width, hidden) = (transformer.width, transformer.width * transformer.mlpRatio)
  let (tokens, many) = (shapes.grid.count, shapes.largeGrid.count)
  let list = [
    MatrixShape(
      name: "patch-embedding", rows: tokens, inputs: transformer.inputChannels, outputs: width),
    MatrixShape(name: "projection", rows: tokens, inputs: width, outputs: width),
    MatrixShape(name: "mlp-in", rows: tokens, inputs: width, outputs: hidden),
    MatrixShape(name: "mlp-out", rows: tokens, inputs: hidden, outputs: width),
    MatrixShape(name: "modulation", rows: 1, inputs: width, outputs: 6 * width),
    MatrixShape(name: "text-mlp-in", rows: shapes.textTokens, inputs: width, outputs: hidden),
    MatrixShape(name: "projection-large", rows: many, inputs: width, outputs: width),
    MatrixShape(name: "mlp-in-large", rows: many, inputs: width, outputs: hidden),
  ]
  return list.flatMap { [openBLAS($0), linear($0)] } + [residual(list[3])]
}

private func linear(_ shape: MatrixShape) -> Benchmark {
  .arithmetic(
    "matrix/\(shape.name)", shape: shape.text, operations: shape.operations,
    reference: "matrix/\(shape.name)-openblas"
  ) { threads in
    let (layer, x, compute) = try make(shape, threads)
    return { compute.arena.scope { _ = layer(x, compute) } }
  }
}

private func residual(_ shape: MatrixShape) -> Benchmark {
  .arithmetic(
    "matrix/\(shape.name)-residual", shape: shape.text + ", gated, added",
    operations: shape.operations, reference: "matrix/\(shape.name)-openblas"
  ) { threads in
    let (layer, x, compute) = try make(shape, threads)
    let sum = try Tensor([shape.rows, shape.outputs])
    // Gates of 0 leave the sum where it is, however often it is added to.
    let gate = try Tensor([shape.outputs])
    return { layer(x, addingTo: sum, gate: gate, compute) }
  }
}

private func make(
  _ shape: MatrixShape, _ threads: Int
) throws -> (Linear, Tensor, Compute) {
  (
    try Linear(Weights(SyntheticWeights()), inputs: shape.inputs, outputs: shape.outputs),
    try .normals([shape.rows, shape.inputs]), try makeCompute(threads: threads)
  )
}

func openBLAS(_ shape: MatrixShape) -> Benchmark {
  .arithmetic(
    "matrix/\(shape.name)-openblas", shape: shape.text, operations: shape.operations
  ) { threads in
    let x = try Tensor.normals([shape.rows, shape.inputs])
    let weight = try Tensor.normals([shape.outputs, shape.inputs], seed: 2)
    let result = try Tensor([shape.rows, shape.outputs])
    let ownThreads = OpenBLASThreads(threads)
    return {
      withExtendedLifetime((x, weight, result, ownThreads)) {
        MatrixProduct.timesTransposed(
          rows: shape.rows, columns: shape.outputs, inner: shape.inputs,
          x.pointer, stride: shape.inputs, weight.pointer, stride: shape.inputs,
          into: result.pointer, stride: shape.outputs)
      }
    }
  }
}

/// Lets OpenBLAS have threads of its own as long as this lives. Everything else runs it on one.
private final class OpenBLASThreads {
  init(_ count: Int) {
    MatrixProduct.useOneThreadPerCall()
    openblas_set_num_threads(Int32(count))
  }

  deinit { openblas_set_num_threads(1) }
}
