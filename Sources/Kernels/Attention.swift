import CSIMD

/// How many query rows one call of `attendBlock` takes at most.
package let attentionBlockQueries = 32

/// Attention of a block of query rows to all keys of its group, for one head, with a running
/// softmax (Milakov and Gimelshein, "Online normalizer calculation for softmax", 2018; the tiling
/// is FlashAttention's, Dao et al. 2022). Of the score matrix four rows of one tile exist at once.
/// - Parameters:
///   - queries, output: where this head's row 0 begins; row `r` of the block begins `offsets[r]`
///     elements further on, in both.
///   - rows: 1 … `attentionBlockQueries`.
///   - headSize: a multiple of 16.
///   - keyTiles, valueTiles: the group's keys and values, packed by `packKeys` (with the factor
///     log₂e / √headSize) and `packValues`, tile after tile.
///   - keyCount: how many keys there are in all; at least one.
package func attendBlock(
  queries: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>,
  offsets: UnsafePointer<Int>, rows: Int, headSize: Int,
  keyTiles: UnsafePointer<Float>, valueTiles: UnsafePointer<Float>, keyCount: Int
) {
  // 1 KiB each at most: Swift puts that on the stack.
  withUnsafeTemporaryAllocation(of: Float.self, capacity: 4 * attentionTileKeys) { weights in
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * 32) { state in
      guard let weights = weights.baseAddress, let state = state.baseAddress else { return }
      let maxima = state
      let sums = state + attentionBlockQueries
      var firstKey = 0
      while firstKey < keyCount {
        let keys = min(attentionTileKeys, keyCount - firstKey)
        let keyTile = keyTiles + firstKey * headSize
        let valueTile = valueTiles + firstKey * headSize
        var row = 0
        while row < rows {
          // The last rows of a block that four do not divide are done one by one.
          let height = row + 4 <= rows ? 4 : 1
          let step = SoftmaxStep(
            queries: queries, output: output, offsets: offsets + row, headSize: headSize,
            keyTile: keyTile, valueTile: valueTile, keys: keys, isFirst: firstKey == 0,
            weights: weights, maxima: maxima + row, sums: sums + row)
          if height == 4 { step.runFour() } else { step.runOne() }
          row += height
        }
        firstKey += attentionTileKeys
      }
      for row in 0..<rows {
        let factor = Vector(repeating: 1 / sums[row])
        let target = output + offsets[row]
        mapVectors(target, target, count: headSize) { values, _, _ in values * factor }
      }
    }
  }
}

/// One tile of keys for a few rows of queries.
private struct SoftmaxStep {
  let queries: UnsafePointer<Float>
  let output: UnsafeMutablePointer<Float>
  let offsets: UnsafePointer<Int>
  let headSize: Int
  let keyTile: UnsafePointer<Float>
  let valueTile: UnsafePointer<Float>
  let keys: Int
  let isFirst: Bool
  /// Room for four rows of unnormalised softmax.
  let weights: UnsafeMutablePointer<Float>
  let maxima: UnsafeMutablePointer<Float>
  let sums: UnsafeMutablePointer<Float>

  @inline(__always)
  func runFour() {
    let q0 = queries + offsets[0]
    let q1 = queries + offsets[1]
    let q2 = queries + offsets[2]
    let q3 = queries + offsets[3]
    var scores = Tile4()
    if keys > 2 * lanes {
      for index in 0..<headSize {
        scores.add(
          q0[index], q1[index], q2[index], q3[index], keyTile + index * attentionTileKeys)
      }
    } else {
      for index in 0..<headSize {
        scores.addNarrow(
          q0[index], q1[index], q2[index], q3[index], keyTile + index * attentionTileKeys)
      }
    }
    let c0 = soften(0, scores.a0, scores.a1, scores.a2, scores.a3)
    let c1 = soften(1, scores.b0, scores.b1, scores.b2, scores.b3)
    let c2 = soften(2, scores.c0, scores.c1, scores.c2, scores.c3)
    let c3 = soften(3, scores.d0, scores.d1, scores.d2, scores.d3)

    let corrections = SIMD4(c0, c1, c2, c3)
    var column = 0
    while column + 4 * lanes <= headSize {
      mixFour(column, width: 4, corrections)
      column += 4 * lanes
    }
    if column + 2 * lanes <= headSize {
      mixFour(column, width: 2, corrections)
      column += 2 * lanes
    }
    if column < headSize { mixFour(column, width: 1, corrections) }
  }

  /// Sixteen times `width` columns of four output rows: `old · correction + weights · values`.
  @inline(__always)
  private func mixFour(_ column: Int, width: Int, _ corrections: SIMD4<Float>) {
    let o0 = output + offsets[0] + column
    let o1 = output + offsets[1] + column
    let o2 = output + offsets[2] + column
    let o3 = output + offsets[3] + column
    var sum = Tile4()
    if !isFirst {
      sum.load(
        o0, o1, o2, o3, width: width, times: corrections[0], corrections[1], corrections[2],
        corrections[3])
    }
    for key in 0..<keys {
      let w0 = weights[key]
      let w1 = weights[attentionTileKeys + key]
      let w2 = weights[2 * attentionTileKeys + key]
      let w3 = weights[3 * attentionTileKeys + key]
      let row = valueTile + key * headSize + column
      switch width {
      case 4: sum.add(w0, w1, w2, w3, row)
      case 2: sum.addNarrow(w0, w1, w2, w3, row)
      default: sum.addSingle(w0, w1, w2, w3, row)
      }
    }
    sum.store(o0, o1, o2, o3, width: width)
  }

  @inline(__always)
  func runOne() {
    let query = queries + offsets[0]
    var s0 = Vector(repeating: 0)
    var s1 = Vector(repeating: 0)
    var s2 = Vector(repeating: 0)
    var s3 = Vector(repeating: 0)
    for index in 0..<headSize {
      let factor = Vector(repeating: query[index])
      let key = keyTile + index * attentionTileKeys
      s0 = flipbook_fma(factor, Vector(loading: key), s0)
      s1 = flipbook_fma(factor, Vector(loading: key + lanes), s1)
      s2 = flipbook_fma(factor, Vector(loading: key + 2 * lanes), s2)
      s3 = flipbook_fma(factor, Vector(loading: key + 3 * lanes), s3)
    }
    let correction = soften(0, s0, s1, s2, s3)
    for column in stride(from: 0, to: headSize, by: lanes) {
      mixColumn(output + offsets[0] + column, weights, correction, column)
    }
  }

  /// Sixteen columns of one output row: `old · correction + weights · values`.
  @inline(__always)
  private func mixColumn(
    _ target: UnsafeMutablePointer<Float>, _ weights: UnsafePointer<Float>, _ correction: Float,
    _ column: Int
  ) {
    var sum = Vector(repeating: 0)
    if !isFirst { sum = Vector(loading: target) * Vector(repeating: correction) }
    for key in 0..<keys {
      sum = flipbook_fma(
        Vector(repeating: weights[key]), Vector(loading: valueTile + key * headSize + column), sum)
    }
    sum.store(to: target)
  }

  /// Turns a row of scores (in units of log₂) into weights relative to the largest score so far,
  /// and returns the factor that brings what was summed before into the same units.
  @inline(__always)
  private func soften(
    _ row: Int, _ s0: Vector, _ s1: Vector, _ s2: Vector, _ s3: Vector
  ) -> Float {
    let m0 = masked(s0, from: 0)
    let m1 = masked(s1, from: lanes)
    let m2 = masked(s2, from: 2 * lanes)
    let m3 = masked(s3, from: 3 * lanes)
    let largest = flipbook_largest(flipbook_max(flipbook_max(m0, m1), flipbook_max(m2, m3)))
    let before = isFirst ? -Float.infinity : maxima[row]
    let now = before > largest ? before : largest
    let shift = Vector(repeating: now)
    let p0 = exp2OfNonPositive(m0 - shift)
    let p1 = exp2OfNonPositive(m1 - shift)
    let p2 = exp2OfNonPositive(m2 - shift)
    let p3 = exp2OfNonPositive(m3 - shift)
    let target = weights + row * attentionTileKeys
    p0.store(to: target)
    p1.store(to: target + lanes)
    p2.store(to: target + 2 * lanes)
    p3.store(to: target + 3 * lanes)
    let total = flipbook_sum((p0 + p1) + (p2 + p3))
    maxima[row] = now
    guard !isFirst else {
      sums[row] = total
      return 0
    }
    let correction = exp2OfNonPositive(Vector(repeating: before - now))[0]
    sums[row] = sums[row] * correction + total
    return correction
  }

  /// Scores of columns that hold no key become −∞.
  @inline(__always)
  private func masked(_ scores: Vector, from column: Int) -> Vector {
    if column + lanes <= keys { return scores }
    let numbers = Vector(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
    return scores.replacing(
      with: Vector(repeating: -.infinity),
      where: numbers .>= Vector(repeating: Float(keys - column)))
  }
}
