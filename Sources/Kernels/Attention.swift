import CSIMD

// Attention of a block of queries to all keys of its group, for one head, with a running softmax
// (Milakov and Gimelshein, "Online normalizer calculation for softmax", arXiv 1805.02867) in tiles
// (FlashAttention, Dao et al., arXiv 2205.14135).
//
// Lanes are queries, everywhere: scores are kept as [keys, queries], the output as
// [headSize, queries]. So the largest score and the sum of a query are vertical, and both products
// are one loop: eight rows of broadcast words (keys, or columns of values) times up to three vectors
// of queries, whose 24 sums stay in registers.
//
// The maximum that is subtracted is not the largest score so far but one that it exceeds by at most
// 2^16: it is what the sums begin with, so that subtracting costs nothing, and is raised only where
// a score would go beyond. Softmax does not depend on what is subtracted (Rabe and Staats,
// arXiv 2112.05682), and Float32 has room for 2^16.

/// The most query rows of a block. All of them pass over a tile of keys and values before the next,
/// so that these come from the third cache, or from memory, once for that many queries.
package let attentionBlockQueries = 192

/// The most vectors of queries whose sums are in registers at once.
private var widestVectors: Int { hasWideRegisters ? 3 : 1 }

/// The exponent by which a score may exceed the maximum that is subtracted.
private let headroom: Float = 16

/// A block of query rows, and the packed keys and values of its group.
package struct AttentionBlock {
  /// Where this head's row 0 begins; row `r` of the block begins `offsets[r]` elements further on,
  /// in both.
  package var queries: UnsafePointer<Float>
  package var output: UnsafeMutablePointer<Float>
  package var offsets: UnsafePointer<Int>
  /// 1 … `attentionBlockQueries`.
  package var rows: Int
  /// The first key that each row sees and the one after its last, `[rows]`. A row that sees none
  /// becomes zero.
  package var firstKeys: UnsafePointer<Int32>
  package var endKeys: UnsafePointer<Int32>
  /// A multiple of 8.
  package var headSize: Int
  /// The group's keys and values as `packKeys` and `packValues` left them, values in tiles of
  /// `attentionTileKeys`.
  package var keys: UnsafePointer<UInt32>
  package var values: UnsafePointer<UInt32>
  package var keyCount: Int
  /// `attentionScratchWords` words, aligned for a vector of sixteen.
  package var scratch: UnsafeMutablePointer<UInt32>

  package init(
    queries: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>,
    offsets: UnsafePointer<Int>, rows: Int, firstKeys: UnsafePointer<Int32>,
    endKeys: UnsafePointer<Int32>, headSize: Int, keys: UnsafePointer<UInt32>,
    values: UnsafePointer<UInt32>, keyCount: Int, scratch: UnsafeMutablePointer<UInt32>
  ) {
    self.queries = queries
    self.output = output
    self.offsets = offsets
    self.rows = rows
    self.firstKeys = firstKeys
    self.endKeys = endKeys
    self.headSize = headSize
    self.keys = keys
    self.values = values
    self.keyCount = keyCount
    self.scratch = scratch
  }

  /// The part of the rows that begins with a vector, with a scratch of its own.
  fileprivate func part(firstVector: Int, vectors: Int) -> AttentionBlock {
    let first = firstVector * lanes
    var part = self
    part.offsets = offsets + first
    part.firstKeys = firstKeys + first
    part.endKeys = endKeys + first
    part.rows = min(rows - first, vectors * lanes)
    part.scratch = scratch + attentionScratchWords(vectors: firstVector, headSize: headSize)
    return part
  }
}

/// What a block needs besides: queries, output and weights as words, three numbers and the visible
/// keys of each query, and three strips of scores.
package func attentionScratchWords(headSize: Int) -> Int {
  attentionScratchWords(vectors: attentionBlockQueries / lanes, headSize: headSize)
}

private func attentionScratchWords(vectors: Int, headSize: Int) -> Int {
  vectors * lanes * (2 * headSize + attentionTileKeys + 5 + 3 * stripKeys)
}

/// Computes the output rows of a block.
package func attend(_ arithmetic: AttentionArithmetic, _ block: AttentionBlock) {
  let tiles = (block.keyCount + attentionTileKeys - 1) / attentionTileKeys
  forParts(of: block) { begin(arithmetic, $0, vectors: $1) }
  for tile in 0..<tiles {
    prefetch(arithmetic, block, tile: tile)
    forParts(of: block) { advance(arithmetic, $0, vectors: $1, tile: tile) }
  }
  forParts(of: block) { finish(arithmetic, $0, vectors: $1) }
}

/// Shares out the vectors of a block as evenly as can be among as few parts as can be.
@inline(__always)
private func forParts(of block: AttentionBlock, _ body: (AttentionBlock, _ vectors: Int) -> Void) {
  let vectors = (block.rows + lanes - 1) / lanes
  let count = (vectors + widestVectors - 1) / widestVectors
  for number in 0..<count {
    let (first, end) = (number * vectors / count, (number + 1) * vectors / count)
    body(block.part(firstVector: first, vectors: end - first), end - first)
  }
}

/// Asks for a tile's keys and values, one line after the other: the processor's own prefetching
/// starts anew on every page, which the products pass more slowly than the third cache answers.
private func prefetch(_ arithmetic: AttentionArithmetic, _ block: AttentionBlock, tile: Int) {
  let first = tile * attentionTileKeys
  let count = min(block.keyCount - first, attentionTileKeys)
  let size = block.headSize
  flipbook_prefetch(
    block.keys + arithmetic.keyWords(first, headSize: size),
    arithmetic.keyWords(count, headSize: size))
  flipbook_prefetch(
    block.values + arithmetic.valueWords(first, headSize: size),
    arithmetic.valueWords(count, headSize: size))
}

private func begin(_ arithmetic: AttentionArithmetic, _ block: AttentionBlock, vectors: Int) {
  switch (arithmetic, vectors) {
  case (.f32, 1): Floats<1, 8>(.f32, block).begin()
  case (.f32, 2): Floats<2, 16>(.f32, block).begin()
  case (.f32, _): Floats<3, 24>(.f32, block).begin()
  case (.bf16, 1): Pairs<1, 8>(.bf16, block).begin()
  case (.bf16, 2): Pairs<2, 16>(.bf16, block).begin()
  case (.bf16, _): Pairs<3, 24>(.bf16, block).begin()
  case (.int8, 1): Bytes<1, 8>(.int8, block).begin()
  case (.int8, 2): Bytes<2, 16>(.int8, block).begin()
  case (.int8, _): Bytes<3, 24>(.int8, block).begin()
  }
}

private func advance(
  _ arithmetic: AttentionArithmetic, _ block: AttentionBlock, vectors: Int, tile: Int
) {
  switch (arithmetic, vectors) {
  case (.f32, 1): Floats<1, 8>(.f32, block).advance(tile: tile)
  case (.f32, 2): Floats<2, 16>(.f32, block).advance(tile: tile)
  case (.f32, _): Floats<3, 24>(.f32, block).advance(tile: tile)
  case (.bf16, 1): Pairs<1, 8>(.bf16, block).advance(tile: tile)
  case (.bf16, 2): Pairs<2, 16>(.bf16, block).advance(tile: tile)
  case (.bf16, _): Pairs<3, 24>(.bf16, block).advance(tile: tile)
  case (.int8, 1): Bytes<1, 8>(.int8, block).advance(tile: tile)
  case (.int8, 2): Bytes<2, 16>(.int8, block).advance(tile: tile)
  case (.int8, _): Bytes<3, 24>(.int8, block).advance(tile: tile)
  }
}

private func finish(_ arithmetic: AttentionArithmetic, _ block: AttentionBlock, vectors: Int) {
  switch (arithmetic, vectors) {
  case (.f32, 1): Floats<1, 8>(.f32, block).finish()
  case (.f32, 2): Floats<2, 16>(.f32, block).finish()
  case (.f32, _): Floats<3, 24>(.f32, block).finish()
  case (.bf16, 1): Pairs<1, 8>(.bf16, block).finish()
  case (.bf16, 2): Pairs<2, 16>(.bf16, block).finish()
  case (.bf16, _): Pairs<3, 24>(.bf16, block).finish()
  case (.int8, 1): Bytes<1, 8>(.int8, block).finish()
  case (.int8, 2): Bytes<2, 16>(.int8, block).finish()
  case (.int8, _): Bytes<3, 24>(.int8, block).finish()
  }
}

private typealias Floats<let vectors: Int, let sums: Int> =
  RunningSoftmax<FloatProduct, FloatProduct, vectors, sums>
private typealias Pairs<let vectors: Int, let sums: Int> =
  RunningSoftmax<BFloat16Product, BFloat16Product, vectors, sums>
private typealias Bytes<let vectors: Int, let sums: Int> =
  RunningSoftmax<Int8Product, BFloat16Product, vectors, sums>

/// Part of a block: `vectors` vectors of queries, `sums` = 8 · `vectors` registers of sums. What it
/// knows of the keys so far lies in the scratch.
private struct RunningSoftmax<
  Scores: WordProduct, Mix: WeightProduct, let vectors: Int, let sums: Int
> {
  private let arithmetic: AttentionArithmetic
  private let block: AttentionBlock
  /// Words of a query, and of a panel of keys.
  private let depth: Int
  private let panelWords: Int

  // The scratch.

  /// `[headSize / wordSize, vectors · 16]`.
  private let queries: UnsafeMutablePointer<UInt32>
  /// `[headSize, vectors]`, not yet divided by the totals.
  private let output: UnsafeMutablePointer<Vector>
  /// Unnormalised softmax of a tile, `[keys / wordSize, vectors · 16]`.
  private let weights: UnsafeMutablePointer<UInt32>
  /// Minus what is subtracted from the scores, the sum of the weights so far, what eight-bit queries
  /// are multiplied by: a vector each.
  private let shifts: UnsafeMutablePointer<Vector>
  private let totals: UnsafeMutablePointer<Vector>
  private let scales: UnsafeMutablePointer<Vector>
  private let firstKeys: UnsafeMutablePointer<SIMD16<Int32>>
  private let endKeys: UnsafeMutablePointer<SIMD16<Int32>>
  /// The shifts, once for each key of a strip: `[8, vectors]`.
  private let starts: UnsafeMutablePointer<Vector>
  /// The scores of a strip of keys, likewise.
  private let scores: UnsafeMutablePointer<Vector>
  /// What the first tile's sums begin with, likewise.
  private let zeros: UnsafeMutablePointer<Vector>

  @inline(__always)
  init(_ arithmetic: AttentionArithmetic, _ block: AttentionBlock) {
    self.arithmetic = arithmetic
    self.block = block
    depth = block.headSize / Scores.wordSize
    panelWords = arithmetic.keyPanelWords(headSize: block.headSize)
    queries = block.scratch
    let width = vectors * lanes
    let second = queries + block.headSize * width
    output = UnsafeMutableRawPointer(second).assumingMemoryBound(to: Vector.self)
    weights = second + block.headSize * width
    let rest = UnsafeMutableRawPointer(weights + attentionTileKeys * width)
    shifts = rest.assumingMemoryBound(to: Vector.self)
    totals = shifts + vectors
    scales = totals + vectors
    firstKeys = UnsafeMutableRawPointer(scales + vectors).assumingMemoryBound(
      to: SIMD16<Int32>.self)
    endKeys = firstKeys + vectors
    starts = UnsafeMutableRawPointer(endKeys + vectors).assumingMemoryBound(to: Vector.self)
    scores = starts + sums
    zeros = scores + sums
  }

  @inline(never)
  func begin() {
    // 1/√headSize of the softmax, and log₂e so that it can be computed with powers of two.
    packQueries(
      arithmetic, block.queries, offsets: block.offsets, rows: block.rows, vectors: vectors,
      headSize: block.headSize,
      factor: Float(1.4426950408889634 / Double(block.headSize).squareRoot()), into: queries,
      scales: UnsafeMutableRawPointer(scales).assumingMemoryBound(to: UInt32.self))
    for index in 0..<sums { zeros[index] = Vector(repeating: 0) }
    for vector in 0..<vectors {
      // Nothing is below it, so that the first keys raise it.
      shifts[vector] = Vector(repeating: .greatestFiniteMagnitude)
      totals[vector] = Vector(repeating: 0)
      for lane in 0..<lanes {
        // Lanes without a row are like the last.
        let row = min(vector * lanes + lane, block.rows - 1)
        firstKeys[vector][lane] = block.firstKeys[row]
        endKeys[vector][lane] = min(block.endKeys[row], Int32(block.keyCount))
      }
    }
  }

  /// Adds a tile of keys and values.
  @inline(never)
  func advance(tile number: Int) {
    let tile = number * attentionTileKeys
    let visible = visibleKeys()
    // Whole strips, from the first that any row sees.
    let first = visible.first / stripKeys * stripKeys
    let start = max(tile, first)
    let hasOutput = tile > first
    var count = 0
    for key in stride(
      from: start, to: min(tile + attentionTileKeys, visible.end), by: stripKeys)
    {
      let isSeenByAll = visible.firstOfAll <= key && key + stripKeys <= visible.endOfAll
      if key == first || !isSeenByAll || !soften(key: key, after: count) {
        softenRaising(key: key, after: count, hasOutput: hasOutput)
      }
      count += stripKeys
    }
    if count > 0 { mix(tile: tile, from: start - tile, count: count, adding: hasOutput) }
  }

  /// The keys that any row sees, and those that all see.
  private struct VisibleKeys {
    var first = Int.max
    var end = 0
    var firstOfAll = 0
    var endOfAll = Int.max
  }

  @inline(__always)
  private func visibleKeys() -> VisibleKeys {
    var visible = VisibleKeys()
    for vector in 0..<vectors {
      let (first, end) = (firstKeys[vector], endKeys[vector])
      let isBlind = first .>= end
      visible.first = min(
        visible.first, Int(first.replacing(with: SIMD16(repeating: .max), where: isBlind).min()))
      visible.end = max(
        visible.end, Int(end.replacing(with: SIMD16(repeating: 0), where: isBlind).max()))
      visible.firstOfAll = max(visible.firstOfAll, Int(first.max()))
      visible.endOfAll = min(visible.endOfAll, Int(end.min()))
    }
    return visible
  }

  /// The scores of a strip of keys, in units of log₂, plus `shifts` where they are wanted.
  @inline(__always)
  private func score(key: Int, shifted: Bool) {
    let panel =
      block.keys + key / attentionPanelKeys * panelWords + key % attentionPanelKeys
    if Scores.wordSize < Int8Product.wordSize {
      AttentionTile<Scores, vectors, sums>.multiply(
        panel, queries, depth: depth, from: shifted ? starts : zeros, into: scores)
    } else {
      let corrections = panel + depth * attentionPanelKeys
      for row in 0..<stripKeys {
        let correction = unsafeBitCast(Words(repeating: corrections[row]), to: Vector.self)
        for vector in 0..<vectors { scores[row * vectors + vector] = correction }
      }
      AttentionTile<Scores, vectors, sums>.multiply(
        panel, queries, depth: depth, from: scores, into: scores)
      for row in 0..<stripKeys {
        let scale = Vector(repeating: Float(bitPattern: corrections[attentionPanelKeys + row]))
        for vector in 0..<vectors {
          let index = row * vectors + vector
          let whole = flipbook_f32_from_i32(unsafeBitCast(scores[index], to: SIMD16<Int32>.self))
          scores[index] = flipbook_fma(
            whole * scale, scales[vector],
            shifted ? shifts[vector] : Vector(repeating: 0))
        }
      }
    }
  }

  /// The largest score of each query of a vector.
  @inline(__always)
  private func largestScore(_ vector: Int) -> Vector {
    let a = flipbook_max(scores[vector], scores[vectors + vector])
    let b = flipbook_max(scores[2 * vectors + vector], scores[3 * vectors + vector])
    let c = flipbook_max(scores[4 * vectors + vector], scores[5 * vectors + vector])
    let d = flipbook_max(scores[6 * vectors + vector], scores[7 * vectors + vector])
    return flipbook_max(flipbook_max(a, b), flipbook_max(c, d))
  }

  /// Turns the scores of a strip that every row sees into weights, the tile's from row `count` on.
  /// - Returns: whether it could: the scores may exceed what is subtracted by too much.
  @inline(__always)
  private func soften(key: Int, after count: Int) -> Bool {
    score(key: key, shifted: true)
    var highest = largestScore(0)
    for vector in 1..<vectors { highest = flipbook_max(highest, largestScore(vector)) }
    if any(highest .> Vector(repeating: headroom)) { return false }
    weigh(after: count)
    return true
  }

  /// The same where some rows may not see some of the keys, with the maximum raised to the largest
  /// score so far.
  @inline(never)
  private func softenRaising(key: Int, after count: Int, hasOutput: Bool) {
    score(key: key, shifted: false)
    for index in 0..<sums {
      let number = SIMD16<Int32>(repeating: Int32(key + index / vectors))
      let isSeen =
        (number .>= firstKeys[index % vectors]) .& (number .< endKeys[index % vectors])
      scores[index] = Vector(repeating: -.infinity).replacing(with: scores[index], where: isSeen)
    }
    for vector in 0..<vectors {
      let before = -shifts[vector]
      let now = flipbook_max(largestScore(vector), before)
      shifts[vector] = -now
      for row in 0..<stripKeys {
        starts[row * vectors + vector] = -now
        scores[row * vectors + vector] -= now
      }
      if any(now .!= before) {
        let factor = exp2(before - now)
        totals[vector] *= factor
        for row in 0..<count / Mix.wordSize {
          let word = weights + (row * vectors + vector) * lanes
          Mix.scaled(Words(loading: word), by: factor).store(to: word)
        }
        if hasOutput {
          for index in 0..<block.headSize { output[index * vectors + vector] *= factor }
        }
      }
    }
    weigh(after: count)
  }

  /// Stores powers of two of the scores, and adds them to the totals.
  @inline(__always)
  private func weigh(after count: Int) {
    let target = weights + count / Mix.wordSize * vectors * lanes
    for vector in 0..<vectors {
      var total = totals[vector]
      for row in 0..<stripKeys / Mix.wordSize {
        let index = row * Mix.wordSize * vectors + vector
        let first = Mix.exp2(scores[index])
        // Where a word holds one weight, this is the first again.
        let second =
          Mix.wordSize == 1 ? first : Mix.exp2(scores[index + (Mix.wordSize - 1) * vectors])
        let word = Mix.packed(first, second)
        total = Mix.add(total, Mix.ones, word)
        word.store(to: target + (row * vectors + vector) * lanes)
      }
      totals[vector] = total
    }
  }

  /// Adds `count` weighted values of a tile, those from number `first` on, to the output.
  @inline(__always)
  private func mix(tile: Int, from first: Int, count: Int, adding: Bool) {
    let keys = min(attentionTileKeys, attentionPanels(block.keyCount) * attentionPanelKeys - tile)
    let values = block.values + tile / Mix.wordSize * wholeVectors(block.headSize)
    for column in stride(from: 0, to: block.headSize, by: stripKeys) {
      let panel = values + column / lanes * lanes * keys / Mix.wordSize
      let target = output + column * vectors
      AttentionTile<Mix, vectors, sums>.multiply(
        panel + first / Mix.wordSize * lanes + column % lanes, weights,
        depth: count / Mix.wordSize, from: adding ? target : zeros, into: target)
    }
  }

  /// Divides by the totals and turns columns into rows.
  @inline(never)
  func finish() {
    let isEmpty = visibleKeys().end == 0
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: lanes * lanes) { square in
      guard let square = square.baseAddress else { return }
      for vector in 0..<vectors {
        let first = vector * lanes
        let rows = min(lanes, block.rows - first)
        let isBlind = firstKeys[vector] .>= endKeys[vector]
        let inverse = Vector(repeating: 1) / totals[vector]
        for column in stride(from: 0, to: block.headSize, by: lanes) {
          let width = min(lanes, block.headSize - column)
          for index in 0..<lanes {
            var values = Vector(repeating: 0)
            if !isEmpty && index < width {
              values = (output[(column + index) * vectors + vector] * inverse)
                .replacing(with: values, where: isBlind)
            }
            unsafeBitCast(values, to: Words.self).store(to: square + index * lanes)
          }
          flipbook_transpose16(square, square, lanes, lanes)
          for row in 0..<rows {
            let values = Vector(
              loading: UnsafeRawPointer(square + row * lanes).assumingMemoryBound(to: Float.self))
            let target = block.output + block.offsets[first + row] + column
            if width == lanes {
              values.store(to: target)
            } else {
              UnsafeMutableRawPointer(target).storeBytes(
                of: values.lowHalf, as: SIMD8<Float>.self)
            }
          }
        }
      }
    }
  }
}
