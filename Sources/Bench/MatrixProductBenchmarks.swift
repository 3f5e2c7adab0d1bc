// x Wᵀ + b in every precision, beside one call of OpenBLAS in Float32 with threads of its own. What a
// product in bf16 or int8 rounds is rounded in each run, as between two layers.

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
    // Wan 2.1 1.3B: 1536 wide, an MLP of 8960, 1280 tokens.
    MatrixShape(name: "wan-projection", rows: 1280, inputs: 1536, outputs: 1536),
    MatrixShape(name: "wan-mlp-in", rows: 1280, inputs: 1536, outputs: 8960),
    MatrixShape(name: "wan-mlp-out", rows: 1280, inputs: 8960, outputs: 1536),
  ]
  return list.flatMap { shape in
    [openBLAS(shape)] + ComputePrecision.allCases.map { linear(shape, $0) }
  } + ComputePrecision.allCases.map { residual(list[3], $0) }
    + ComputePrecision.allCases.map { mlp(list[2], $0) }
}

private func openBLASName(_ shape: MatrixShape) -> String { "matrix/\(shape.name)-openblas" }

private func linear(_ shape: MatrixShape, _ precision: ComputePrecision) -> Benchmark {
  .arithmetic(
    "matrix/\(shape.name)", in: precision, shape: shape.text, operations: shape.operations,
    reference: openBLASName(shape)
  ) { threads in
    let (layer, x, compute) = try make(shape, precision, threads)
    return { compute.arena.scope { _ = layer(x, compute) } }
  }
}

private func residual(_ shape: MatrixShape, _ precision: ComputePrecision) -> Benchmark {
  .arithmetic(
    "matrix/\(shape.name)-residual", in: precision, shape: shape.text + ", gated, added",
    operations: shape.operations, reference: openBLASName(shape)
  ) { threads in
    let (layer, x, compute) = try make(shape, precision, threads)
    let sum = try Tensor([shape.rows, shape.outputs])
    // Gates of 0 leave the sum where it is, however often it is added to.
    let gate = try Tensor([shape.outputs])
    return { layer(x, addingTo: sum, gate: gate, compute) }
  }
}

/// The second half of a block: modulated norm, map, GELU, map, gate and residual.
private func mlp(_ shape: MatrixShape, _ precision: ComputePrecision) -> Benchmark {
  .arithmetic(
    "matrix/mlp", in: precision,
    shape: "\(shape.text), and back, with norm, GELU, gate and sum",
    operations: 2 * shape.operations
  ) { threads in
    let (first, x, compute) = try make(shape, precision, threads)
    let second = try Linear(
      Weights(SyntheticWeights(), prefix: "out", precision: precision), inputs: shape.outputs,
      outputs: shape.inputs)
    let (shift, scale) = (try Tensor.normals([shape.inputs]), try Tensor([shape.inputs]))
    return {
      compute.arena.scope { () -> Void in
        let h = first.input(normalizing: x, shift: shift, scale: scale, epsilon: 1e-6, compute)
        let hidden = first(h, for: second, compute, activation: .geluTanh)
        second(hidden, addingTo: x, gate: scale, compute)
      }
    }
  }
}

private func make(
  _ shape: MatrixShape, _ precision: ComputePrecision, _ threads: Int
) throws -> (Linear, Tensor, Compute) {
  (
    try Linear(
      Weights(SyntheticWeights(), precision: precision), inputs: shape.inputs,
      outputs: shape.outputs), try .normals([shape.rows, shape.inputs]),
    try makeCompute(threads: threads)
  )
}

func openBLAS(_ shape: MatrixShape) -> Benchmark {
  .arithmetic(
    openBLASName(shape), shape: shape.text, operations: shape.operations
  ) { threads in
    let x = try Tensor.normals([shape.rows, shape.inputs])
    let weight = try Tensor.normals([shape.outputs, shape.inputs], seed: 2)
    let result = try Tensor([shape.rows, shape.outputs])
    OpenBLAS.useThreads(threads)
    return {
      withExtendedLifetime((x, weight, result)) {
        OpenBLAS.timesTransposed(
          rows: shape.rows, columns: shape.outputs, inner: shape.inputs, x.pointer,
          weight.pointer, into: result.pointer)
      }
    }
  }
}
