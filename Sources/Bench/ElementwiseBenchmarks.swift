// What goes over every number once: norms, activations, rotations, residuals. Held to the memory that
// the same threads can read and write.

import Diorama
import Kernels
import Layers
import Tensor

func normBenchmarks(_ shapes: ModelShapes) -> [Benchmark] {
  let size = [shapes.grid.count, shapes.transformer.width]
  let width = size[1]
  let decoder = shapes.decoderConvolutions.last.map { [1, $0.height, $0.width, $0.inputs] } ?? size
  return [
    layer("norm/layer-norm", size) { x, compute in
      let norm = try LayerNorm(Weights(SyntheticWeights(), prefix: "norm"), size: width)
      return { _ = norm(x, compute) }
    },
    layer("norm/layer-norm-modulated", size) { x, compute in
      let (shift, scale) = (try Tensor.normals([width]), try Tensor.normals([width], seed: 2))
      return { _ = layerNormModulated(x, shift: shift, scale: scale, epsilon: 1e-6, compute) }
    },
    layer("norm/rms-norm", size) { x, compute in
      let norm = try RMSNorm(Weights(SyntheticWeights(), prefix: "norm"), size: width)
      return { _ = norm(x, compute) }
    },
    layer("norm/rms-norm-silu", decoder) { x, compute in
      let norm = try RMSNormSiLU(
        Weights(SyntheticWeights(), prefix: "norm"), channels: decoder[3])
      return { _ = norm(x, compute) }
    },
  ]
}

func activationBenchmarks(_ shapes: ModelShapes) -> [Benchmark] {
  let size = [shapes.grid.count, shapes.transformer.width * shapes.transformer.mlpRatio]
  let kernels: [(name: String, kernel: ActivationKernel)] = [
    ("bias", .none), ("bias-gelu", .gelu), ("bias-gelu-tanh", .geluTanh), ("bias-silu", .silu),
  ]
  return kernels.map { activation($0.name, $0.kernel, size) } + [
    gatedSum([shapes.grid.count, shapes.transformer.width]), product(size),
  ]
}

func rotaryBenchmarks(_ shapes: ModelShapes) -> [Benchmark] {
  let (heads, headSize) = (shapes.transformer.heads, shapes.transformer.headSize)
  let size = [shapes.grid.count, heads, headSize]
  let variants: [(name: String, norm: Bool, turn: Bool)] = [
    ("norm-and-rotate", true, true), ("rotate", false, true), ("norm", true, false),
  ]
  return variants.map { variant in
    .memory(
      "rotary/\(variant.name)", shape: dimensions(size), floats: 2 * size.reduce(1, *),
      inPlace: true
    ) { threads in
      let compute = try makeCompute(threads: threads)
      let x = try Tensor.normals(size)
      let norm = variant.norm ? try Tensor.filled([headSize], with: 1) : nil
      let angles = (0..<size[0] * headSize / 2).map { Double($0) * 0.01 }
      let table = variant.turn ? try RotaryTable(angles: angles, tokens: size[0]) : nil
      return { normalizeAndRotate(x, norm: norm, epsilon: 1e-6, table: table, compute) }
    }
  }
}

/// A layer that reads a tensor and gives one of the same shape.
private func layer(
  _ name: String, _ size: [Int],
  make: @escaping (_ x: Tensor, _ compute: Compute) throws -> () -> Void
) -> Benchmark {
  .memory(name, shape: dimensions(size), floats: 2 * size.reduce(1, *)) { threads in
    let compute = try makeCompute(threads: threads)
    let body = try make(try .normals(size), compute)
    return { compute.arena.scope { body() } }
  }
}

/// What follows a matrix product, in place.
private func activation(_ name: String, _ kernel: ActivationKernel, _ size: [Int]) -> Benchmark {
  .memory(
    "activation/\(name)", shape: dimensions(size), floats: 2 * size.reduce(1, *), inPlace: true
  ) { threads in
    let pool = WorkerPool(threads: threads)
    let values = SharedPointer(try Tensor.normals(size))
    // Applied again and again, all of these end where they no longer move; a bias below zero makes
    // that a number like any other, and no denormal one, which processors are slow with.
    let bias = SharedPointer(
      try Tensor.filled([size[1]], with: kernel == .none ? 1e-6 : -0.1))
    let block = 16
    return {
      pool.parallel((size[0] + block - 1) / block) { index in
        let row = index * block
        addBiasAndActivate(
          values.pointer + row * size[1], stride: size[1], rows: min(block, size[0] - row),
          columns: size[1], bias: UnsafePointer(bias.pointer), activation: kernel)
      }
    }
  }
}

/// residual += gate · (values + bias)
private func gatedSum(_ size: [Int]) -> Benchmark {
  .memory("activation/gated-sum", shape: dimensions(size), floats: 3 * size.reduce(1, *)) {
    threads in
    let pool = WorkerPool(threads: threads)
    let values = SharedPointer(try Tensor.normals(size))
    let (bias, gate) = (
      SharedPointer(try Tensor.normals([size[1]])), SharedPointer(try Tensor([size[1]]))
    )
    let residual = SharedPointer(try Tensor.normals(size, seed: 2))
    let block = 16
    return {
      pool.parallel((size[0] + block - 1) / block) { index in
        let row = index * block
        addGated(
          values.pointer + row * size[1], stride: size[1], rows: min(block, size[0] - row),
          columns: size[1], bias: UnsafePointer(bias.pointer), gate: UnsafePointer(gate.pointer),
          to: residual.pointer + row * size[1], residualStride: size[1])
      }
    }
  }
}

/// values *= factors, one thread: the kernel of gated units.
private func product(_ size: [Int]) -> Benchmark {
  let count = size.reduce(1, *)
  return .memory(
    "activation/product", shape: dimensions(size), floats: 3 * count, isParallel: false
  ) { _ in
    let values = try Tensor.normals(size)
    let factors = try Tensor.filled(size, with: -1)
    return {
      multiply(values.pointer, by: factors.pointer, count: count)
      withExtendedLifetime((values, factors)) {}
    }
  }
}
