import CSIMD

// Attention of a block of queries to all keys of its group, for one head, with a running softmax
// (Milakov and Gimelshein, "Online normalizer calculation for softmax", arXiv 1805.02867) in tiles
// (FlashAttention, Dao et al., arXiv 2205.14135).
//
// Lanes are queries, everywhere: scores are kept as [keys, queries], the output as
// [headSize, queries]. So the largest score and the sum of a query are vertical, and both products
// are one loop: eight rows of broadcast words (keys, or columns of values) times up to three vectors
// of queries, whose 24 sums stay in registers. In tile registers a strip has as many keys as keep the
// exponentials from waiting for products, and two vectors of queries.
//
// The maximum that is subtracted is not the largest score so far but one that it exceeds by at most
// 2^16: it is what the sums begin with, so that subtracting costs nothing, and is raised only where
// a score would go beyond. Softmax does not depend on what is subtracted (Rabe and Staats,
// arXiv 2112.05682), and Float32 has room for 2^16.

/// The most query rows of a block. All of them pass over a tile of keys and values before the next,
/// so that these come from the third cache, or from memory, once for that many queries.
package let attentionBlockQueries = 192

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
  /// `attentionScratchWords` words, aligned for a vector of sixteen: what all parts of the block use, one after
  /// the other, and so find in the first cache; then what each has of its own.
  package var scratch: UnsafeMutablePointer<UInt32>
  /// Of a part, its own.
  var own: UnsafeMutablePointer<UInt32>

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
    own = scratch + sharedScratchWords
  }

  /// The part of the rows that begins with a vector, with a scratch of its own.
  func part(firstVector: Int, vectors: Int) -> AttentionBlock {
    let first = firstVector * lanes
    var part = self
    part.offsets = offsets + first
    part.firstKeys = firstKeys + first
    part.endKeys = endKeys + first
    part.rows = min(rows - first, vectors * lanes)
    part.own = own + ownScratchWords(vectors: firstVector, headSize: headSize)
    return part
  }
}

/// What a block needs besides.
package func attentionScratchWords(headSize: Int) -> Int {
  sharedScratchWords + ownScratchWords(vectors: attentionBlockQueries / lanes, headSize: headSize)
}

/// Of up to three vectors of queries: zeros, shifts and scores of a strip, weights of a tile.
private let sharedScratchWords =
  3 * lanes * (stripKeys + registerTileRows + tileStripKeys + attentionTileKeys)

/// Queries, output, three numbers and the visible keys of each query.
private func ownScratchWords(vectors: Int, headSize: Int) -> Int {
  vectors * lanes * (2 * headSize + 6)
}

/// Computes the output rows of a block.
package func attend(_ arithmetic: AttentionArithmetic, _ block: AttentionBlock) {
  let tiles = (block.keyCount + attentionTileKeys - 1) / attentionTileKeys
  let isInTiles = arithmetic.isInTiles(headSize: block.headSize)
  let widest = isInTiles ? 2 : 3
  var shape = TileRegisterShape()
  forParts(of: block, widest: widest) {
    run(.begin, arithmetic, $0, vectors: $1, isInTiles, &shape)
  }
  for tile in 0..<tiles {
    prefetch(arithmetic, block, tile: tile)
    forParts(of: block, widest: widest) {
      run(.advance(tile: tile), arithmetic, $0, vectors: $1, isInTiles, &shape)
    }
  }
  forParts(of: block, widest: widest) {
    run(.finish, arithmetic, $0, vectors: $1, isInTiles, &shape)
  }
  shape.release()
}

/// Shares out the vectors of a block as evenly as can be among as few parts as can be.
/// - Parameter widest: the most vectors of queries whose sums are in registers at once.
@inline(__always)
private func forParts(
  of block: AttentionBlock, widest: Int, _ body: (AttentionBlock, _ vectors: Int) -> Void
) {
  let vectors = (block.rows + lanes - 1) / lanes
  let count = (vectors + widest - 1) / widest
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

private func run(
  _ phase: SoftmaxPhase, _ arithmetic: AttentionArithmetic, _ block: AttentionBlock, vectors: Int,
  _ isInTiles: Bool, _ shape: inout TileRegisterShape
) {
  switch (arithmetic, vectors, isInTiles) {
  case (.f32, 1, _): Floats<1, 8>(.f32, block).run(phase, &shape)
  case (.f32, 2, _): Floats<2, 16>(.f32, block).run(phase, &shape)
  case (.f32, _, _): Floats<3, 24>(.f32, block).run(phase, &shape)
  case (.bf16, 1, false): Pairs<1, 8>(.bf16, block).run(phase, &shape)
  case (.bf16, 2, false): Pairs<2, 16>(.bf16, block).run(phase, &shape)
  case (.bf16, _, false): Pairs<3, 24>(.bf16, block).run(phase, &shape)
  case (.bf16, 1, true): Pairs<1, 32>(.bf16, block).run(phase, &shape)
  case (.bf16, _, true): Pairs<2, 64>(.bf16, block).run(phase, &shape)
  case (.int8, 1, false): Bytes<1, 8>(.int8, block).run(phase, &shape)
  case (.int8, 2, false): Bytes<2, 16>(.int8, block).run(phase, &shape)
  case (.int8, _, false): Bytes<3, 24>(.int8, block).run(phase, &shape)
  case (.int8, 1, true): Bytes<1, 32>(.int8, block).run(phase, &shape)
  case (.int8, _, true): Bytes<2, 64>(.int8, block).run(phase, &shape)
  }
}

private typealias Floats<let vectors: Int, let sums: Int> =
  RunningSoftmax<FloatProduct, FloatProduct, vectors, sums>
private typealias Pairs<let vectors: Int, let sums: Int> =
  RunningSoftmax<BFloat16Product, BFloat16Product, vectors, sums>
private typealias Bytes<let vectors: Int, let sums: Int> =
  RunningSoftmax<Int8Product, BFloat16Product, vectors, sums>
