// The blocks of Wan 2.1's transformer (Wan team, "Wan: open and advanced large-scale video generative
// models", arXiv 2503.20314, section 4.2), of synthetic weights: what a step of a model of that size
// would cost here.
//
//   x ← x + gate · W_o attention(rope(norm(W_q h)), rope(norm(W_k h)), W_v h)     h = LN(x)·(1 + scale) + shift
//   x ← x + W_o attention(norm(W_q h), norm(W_k text), W_v text)                  h = LN(x), with a weight
//   x ← x + gate' · W_2 gelu(W_1 h)                                               h = LN(x)·(1 + scale') + shift'
//
// N picture tokens on a grid of T·h·w, L text tokens, D width, H heads of headSize = D/H.

import Glibc
import Layers
import Tensor

/// The sizes of a Wan transformer.
struct WanShape {
  /// Those of the model of 1.3 billion parameters, which has thirty blocks.
  static func small(blocks: Int = 30) -> WanShape {
    WanShape(width: 1536, heads: 12, hidden: 8960, blocks: blocks, textTokens: 512)
  }

  let width: Int
  let heads: Int
  let hidden: Int
  let blocks: Int
  let textTokens: Int

  var headSize: Int { width / heads }

  /// Products and attention of all blocks.
  func operations(tokens: Int) -> Double {
    let (n, l, d) = (Double(tokens), Double(textTokens), Double(width))
    let products = 2 * n * d * (4 * d + 2 * d + 2 * Double(hidden)) + 2 * l * d * 2 * d
    return Double(blocks) * (products + 4 * n * n * d + 4 * n * l * d)
  }
}

private let wanEpsilon: Float = 1e-6

/// Queries, keys and values from two token arrays, and the way back.
private struct WanAttention {
  private let query: Linear
  private let key: Linear
  private let value: Linear
  private let output: Linear
  /// Over the whole width, not a head.
  private let queryNorm: RMSNorm
  private let keyNorm: RMSNorm
  private let heads: Int

  init(_ weights: Weights, _ shape: WanShape) throws {
    let width = shape.width
    query = try Linear(weights["q"], inputs: width, outputs: width)
    key = try Linear(weights["k"], inputs: width, outputs: width)
    value = try Linear(weights["v"], inputs: width, outputs: width)
    output = try Linear(weights["o"], inputs: width, outputs: width)
    queryNorm = try RMSNorm(weights["norm_q"], size: width)
    keyNorm = try RMSNorm(weights["norm_k"], size: width)
    heads = shape.heads
  }

  /// Rows as its maps read them.
  func input(_ x: Tensor, _ compute: Compute) -> ProductInput { query.input(x, compute) }

  /// The same of normalised and modulated rows.
  func input(
    normalizing x: Tensor, shift: Tensor, scale: Tensor, _ compute: Compute
  ) -> ProductInput {
    query.input(normalizing: x, shift: shift, scale: scale, epsilon: wanEpsilon, compute)
  }

  /// `residual += gate · attention`.
  /// - Parameters:
  ///   - x: N rows, what asks.
  ///   - context: M rows, what is asked.
  ///   - table: the turns of both, for self-attention.
  func callAsFunction(
    _ x: ProductInput, context: ProductInput, table: RotaryTable?, addingTo residual: Tensor,
    gate: Tensor?, _ compute: Compute
  ) {
    compute.arena.scope { () -> Void in
      let q = split(queryNorm(query(x, compute), compute))
      let k = split(keyNorm(key(context, compute), compute))
      let v = split(value(context, compute))
      if let table {
        for part in [q, k] {
          normalizeAndRotate(part, norm: nil, epsilon: wanEpsilon, table: table, compute)
        }
      }
      let pattern = AttentionPattern(groups: [
        .init(queries: [0..<q.shape[0]], keys: [0..<k.shape[0]])
      ])
      let attended = attention(queries: q, keys: k, values: v, pattern: pattern, compute)
      output(attended, addingTo: residual, gate: gate, compute)
    }
  }

  /// [N, D] to [N, H, headSize].
  private func split(_ x: Tensor) -> Tensor {
    x.reshaped([x.shape[0], heads, x.shape[1] / heads])
  }
}

private struct WanBlock {
  /// [6, D], added to the time's part.
  private let modulation: Tensor
  private let selfAttention: WanAttention
  private let crossNorm: LayerNorm
  private let crossAttention: WanAttention
  private let mlpIn: Linear
  private let mlpOut: Linear

  init(_ weights: Weights, _ shape: WanShape) throws {
    modulation = try weights.tensor("modulation", [6, shape.width])
    selfAttention = try WanAttention(weights["self_attn"], shape)
    crossNorm = try LayerNorm(weights["norm3"], size: shape.width, epsilon: wanEpsilon)
    crossAttention = try WanAttention(weights["cross_attn"], shape)
    mlpIn = try Linear(weights["ffn"][0], inputs: shape.width, outputs: shape.hidden)
    mlpOut = try Linear(weights["ffn"][2], inputs: shape.hidden, outputs: shape.width)
  }

  /// - Parameters:
  ///   - x: [N, D], in place.
  ///   - text: [L, D].
  ///   - time: [6, D].
  func callAsFunction(
    _ x: Tensor, text: Tensor, time: Tensor, table: RotaryTable, _ compute: Compute
  ) {
    compute.arena.scope { () -> Void in
      let sum = compute.arena.tensor(time.shape)
      for index in 0..<sum.count {
        sum.pointer[index] = time.pointer[index] + modulation.pointer[index]
      }
      let rows = (0..<6).map { sum[$0..<$0 + 1].reshaped([time.shape[1]]) }
      let (shift, scale, gate) = (rows[0], rows[1], rows[2])
      let (mlpShift, mlpScale, mlpGate) = (rows[3], rows[4], rows[5])
      compute.arena.scope { () -> Void in
        let h = selfAttention.input(normalizing: x, shift: shift, scale: scale, compute)
        selfAttention(h, context: h, table: table, addingTo: x, gate: gate, compute)
      }
      compute.arena.scope { () -> Void in
        let h = crossAttention.input(crossNorm(x, compute), compute)
        let words = crossAttention.input(text, compute)
        crossAttention(h, context: words, table: nil, addingTo: x, gate: nil, compute)
      }
      compute.arena.scope { () -> Void in
        let h = mlpIn.input(
          normalizing: x, shift: mlpShift, scale: mlpScale, epsilon: wanEpsilon, compute)
        let hidden = mlpIn(h, for: mlpOut, compute, activation: .geluTanh)
        mlpOut(hidden, addingTo: x, gate: mlpGate, compute)
      }
    }
  }
}

/// All blocks over one clip.
struct WanStack {
  /// Blocks with weights of their own, taken in turn: all thirty would be 1.4 billion numbers. Three are
  /// many times what caches hold, so that the weights come from memory as they would of thirty.
  static let distinctBlocks = 3

  private let shape: WanShape
  private let blocks: [WanBlock]
  private let table: RotaryTable
  private let text: Tensor
  private let time: Tensor

  init(_ weights: Weights, _ shape: WanShape, grid: [Int]) throws {
    self.shape = shape
    blocks = try (0..<min(Self.distinctBlocks, shape.blocks)).map {
      try WanBlock(weights["blocks"][$0], shape)
    }
    table = try RotaryTable(
      angles: Self.angles(grid: grid, headSize: shape.headSize), tokens: grid.reduce(1, *))
    text = try .normals([shape.textTokens, shape.width], seed: 2)
    time = try .normals([6, shape.width], times: 0.1, seed: 3)
  }

  /// - Parameter x: [N, D], in place.
  func callAsFunction(_ x: Tensor, _ compute: Compute) {
    for index in 0..<shape.blocks {
      blocks[index % blocks.count](x, text: text, time: time, table: table, compute)
    }
  }

  /// The turns of every token, [N · headSize/2]: the pairs of a head belong to time, row and column,
  /// those of the time being what the other two thirds leave over.
  static func angles(grid: [Int], headSize: Int) -> [Double] {
    let space = headSize / 6
    let pairs = [headSize / 2 - 2 * space, space, space]
    var angles: [Double] = []
    angles.reserveCapacity(grid.reduce(headSize / 2, *))
    for t in 0..<grid[0] {
      for y in 0..<grid[1] {
        for x in 0..<grid[2] {
          for (place, count) in zip([t, y, x], pairs) {
            for pair in 0..<count {
              angles.append(Double(place) * pow(10_000, -Double(pair) / Double(count)))
            }
          }
        }
      }
    }
    return angles
  }
}

/// A tenth of the step of a model of that size, by precision.
func wanBenchmarks() -> [Benchmark] {
  ComputePrecision.allCases.map { wanBenchmark(.small(blocks: 3), precision: $0) }
}

/// The stack as a row.
/// - Parameter grid: latent frames, rows and columns of tokens.
func wanBenchmark(
  _ shape: WanShape, grid: [Int] = [5, 16, 16], precision: ComputePrecision
) -> Benchmark {
  let tokens = grid.reduce(1, *)
  return .arithmetic(
    "model/wan-blocks", in: precision,
    shape: "\(shape.blocks) blocks of Wan 2.1 1.3B, \(tokens) tokens, synthetic weights",
    operations: shape.operations(tokens: tokens)
  ) { threads in
    let stack = try WanStack(
      Weights(SyntheticWeights(), precision: precision), shape, grid: grid)
    let compute = try makeCompute(threads: threads)
    let start = try Tensor.normals([tokens, shape.width])
    let x = try Tensor([tokens, shape.width])
    return {
      x.copy(from: start)
      stack(x, compute)
    }
  }
}
