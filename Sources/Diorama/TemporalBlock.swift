// The temporal block (Seedance 1.0, arXiv 2506.09113): picture tokens alone, each looking at all
// frames of all shots inside a window of rows and columns. In every second block the windows are
// shifted by half, so that what happens at a border is seen whole (Swin, arXiv 2103.14030).
//
// N picture tokens, D width, H heads.

import Layers
import Tensor

/// A block in which frames meet.
struct TemporalBlock: Sendable {
  private let picture: Stream
  private let heads: Int
  private let headSize: Int
  private let precision: ComputePrecision
  private let shifted: Bool

  init(_ weights: Weights, configuration: TransformerConfiguration, shifted: Bool) throws {
    picture = try Stream(weights["picture"], configuration: configuration)
    heads = configuration.heads
    headSize = configuration.headSize
    precision = weights.precision
    self.shifted = shifted
  }

  /// In place.
  /// - Parameters:
  ///   - pictures: [N, D].
  ///   - shared: [6, D], the modulation that all blocks share.
  func callAsFunction(
    _ pictures: Tensor, shared: Tensor, layout: TokenLayout, _ compute: Compute
  ) {
    let count = pictures.shape[0]
    compute.arena.scope { () -> Void in
      let modulations = picture.modulations(shared, compute)
      let projections = Projections(tokens: count, heads: heads, headSize: headSize, compute)
      picture.project(
        pictures, modulations.attention, table: layout.pictureTable, into: projections,
        rows: 0..<count, compute)
      let attended = attention(
        queries: projections.queries, keys: projections.keys, values: projections.values,
        pattern: layout.temporalPatterns[shifted ? 1 : 0], precision: precision, compute)
      picture.finish(
        pictures, attended: attended, modulations.attention, mlp: modulations.mlp, compute)
    }
  }
}
