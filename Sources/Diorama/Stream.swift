// What one kind of token has of its own in a block (MM-DiT, arXiv 2403.03206, Figure 2b):
//
//   h = LN(x)·(1 + scale) + shift        q, k, v = W_qkv h, then RMS norm of q and k, then RoPE
//   x ← x + gate · W_out attention       x ← x + gate' · W_2 gelu(W_1 (LN(x)·(1 + scale') + shift'))
//
// N tokens, D width, H heads of headSize = D/H.

import Layers
import Tensor

/// How a block reads and writes the residual, from the time (AdaLN-single, arXiv 2310.00426).
struct Modulation {
  /// [D] each.
  let shift: Tensor
  let scale: Tensor
  let gate: Tensor
}

/// Queries, keys and values of a token array, [N, H, headSize] each.
struct Projections {
  let queries: Tensor
  let keys: Tensor
  let values: Tensor

  /// Uninitialised, in the arena.
  init(tokens: Int, heads: Int, headSize: Int, _ compute: Compute) {
    let shape = [tokens, heads, headSize]
    queries = compute.arena.tensor(shape)
    keys = compute.arena.tensor(shape)
    values = compute.arena.tensor(shape)
  }
}

/// One stream of a block. Its four maps compute in the precision of the weights; between them a token
/// is read and written twice as often as the formulas above have arrows:
///
///   x → h (norm, rounded) → q, k, v (heads, norms and rotation) → attention → x
///   x → h (norm, rounded) → hidden (GELU, rounded) → x
struct Stream: Sendable {
  /// [6, D]: shift, scale and gate of the attention, then of the MLP, added to what all blocks share.
  private let modulationOffset: Tensor
  private let heads: HeadProjection
  private let output: Linear
  private let mlpIn: Linear
  private let mlpOut: Linear

  private static let epsilon: Float = 1e-6

  /// - Throws: `WeightError`, `TensorError.outOfMemory`.
  init(_ weights: Weights, configuration: TransformerConfiguration) throws {
    let (width, headSize) = (configuration.width, configuration.headSize)
    let hidden = configuration.mlpRatio * width
    modulationOffset = try weights.tensor("modulation", [6, width])
    heads = HeadProjection(
      try Linear(weights["to_qkv"], inputs: width, outputs: 3 * width),
      queryNorm: try weights.tensor("norm_q", [headSize]),
      keyNorm: try weights.tensor("norm_k", [headSize]), epsilon: Self.epsilon)
    output = try Linear(weights["to_out"], inputs: width, outputs: width)
    mlpIn = try Linear(weights["mlp_in"], inputs: width, outputs: hidden)
    mlpOut = try Linear(weights["mlp_out"], inputs: hidden, outputs: width)
  }

  /// This stream's modulations.
  /// - Parameter shared: [6, D], the time's part, the same in all blocks.
  func modulations(_ shared: Tensor, _ compute: Compute) -> (attention: Modulation, mlp: Modulation)
  {
    let sum = compute.arena.tensor(shared.shape)
    for index in 0..<sum.count {
      sum.pointer[index] = shared.pointer[index] + modulationOffset.pointer[index]
    }
    let rows = (0..<6).map { sum[$0..<$0 + 1].reshaped([shared.shape[1]]) }
    return (
      Modulation(shift: rows[0], scale: rows[1], gate: rows[2]),
      Modulation(shift: rows[3], scale: rows[4], gate: rows[5])
    )
  }

  /// Writes the queries, keys and values of `x` [N, D] to a range of rows.
  /// - Parameter table: the turn of each token, [N, headSize/2].
  func project(
    _ x: Tensor, _ modulation: Modulation, table: RotaryTable, into target: Projections,
    rows: Range<Int>, _ compute: Compute
  ) {
    compute.arena.scope { () -> Void in
      let h = heads.input(
        normalizing: x, shift: modulation.shift, scale: modulation.scale, epsilon: Self.epsilon,
        compute)
      heads(
        h, queries: target.queries[rows], keys: target.keys[rows], values: target.values[rows],
        table: table, compute)
    }
  }

  /// Adds the attention and the MLP to `x` [N, D], in place.
  /// - Parameter attended: [N, D], what attention gave these tokens.
  func finish(
    _ x: Tensor, attended: Tensor, _ attention: Modulation, mlp: Modulation, _ compute: Compute
  ) {
    output(attended, addingTo: x, gate: attention.gate, compute)
    compute.arena.scope { () -> Void in
      let h = mlpIn.input(
        normalizing: x, shift: mlp.shift, scale: mlp.scale, epsilon: Self.epsilon, compute)
      let hidden = mlpIn(h, for: mlpOut, compute, activation: .geluTanh)
      mlpOut(hidden, addingTo: x, gate: mlp.gate, compute)
    }
  }
}
