// The spatial block: a dual stream (MM-DiT, arXiv 2403.03206, Figure 2b; Seedance 1.0,
// arXiv 2506.09113).
//
//   [text | picture] attend jointly: a picture token to its frame and its shot's text,
//   a text token to its text and its shot's pictures
//
// ΣL text tokens of all shots, N picture tokens, D width, H heads.

import Layers
import Tensor

/// A block in which text and pictures meet.
struct SpatialBlock: Sendable {
  private let text: Stream
  private let picture: Stream
  private let heads: Int
  private let headSize: Int
  private let precision: ComputePrecision

  init(_ weights: Weights, configuration: TransformerConfiguration) throws {
    text = try Stream(weights["text"], configuration: configuration)
    picture = try Stream(weights["picture"], configuration: configuration)
    heads = configuration.heads
    headSize = configuration.headSize
    precision = weights.precision
  }

  /// Both arrays in place.
  /// - Parameters:
  ///   - pictures: [N, D].
  ///   - words: [ΣL, D].
  ///   - shared: [6, D], the modulation that all blocks share.
  func callAsFunction(
    pictures: Tensor, words: Tensor, shared: Tensor, layout: TokenLayout, _ compute: Compute
  ) {
    let (wordCount, count) = (words.shape[0], words.shape[0] + pictures.shape[0])
    compute.arena.scope { () -> Void in
      let ofPictures = picture.modulations(shared, compute)
      let ofWords = text.modulations(shared, compute)
      let joint = Projections(tokens: count, heads: heads, headSize: headSize, compute)
      text.project(
        words, ofWords.attention, table: layout.textTable, into: joint, rows: 0..<wordCount,
        compute)
      picture.project(
        pictures, ofPictures.attention, table: layout.pictureTable, into: joint,
        rows: wordCount..<count, compute)
      let attended = attention(
        queries: joint.queries, keys: joint.keys, values: joint.values,
        pattern: layout.spatialPattern, precision: precision, compute)
      picture.finish(
        pictures, attended: attended[wordCount..<count], ofPictures.attention, mlp: ofPictures.mlp,
        compute)
      text.finish(
        words, attended: attended[0..<wordCount], ofWords.attention, mlp: ofWords.mlp, compute)
    }
  }
}
