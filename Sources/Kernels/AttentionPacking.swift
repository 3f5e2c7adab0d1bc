import CSIMD

/// How many keys one tile holds.
package let attentionTileKeys = 64

/// Gathers the key rows of one head into the columns of a tile `[headSize, attentionTileKeys]`:
/// key `j` stands in column `j`, and columns that no key fills are zero.
/// - Parameters:
///   - source: where the head's row 0 begins; row `j` of the tile begins `offsets[j]` elements
///     further on.
///   - rows: 1 … `attentionTileKeys`.
///   - headSize: a multiple of 16.
///   - factor: multiplied in here, once a key, rather than once a score.
package func packKeys(
  _ source: UnsafePointer<Float>, offsets: UnsafePointer<Int>, rows: Int, headSize: Int,
  factor: Float, into tile: UnsafeMutablePointer<Float>
) {
  for column in stride(from: 0, to: attentionTileKeys, by: lanes) {
    for index in stride(from: 0, to: headSize, by: lanes) {
      flipbook_transpose16(
        source + index, offsets + column, rows - column, factor,
        tile + index * attentionTileKeys + column, attentionTileKeys)
    }
  }
}

/// Gathers the value rows of one head into a tile `[attentionTileKeys, headSize]`, of which the
/// first `rows` rows are written. Parameters as for `packKeys`.
package func packValues(
  _ source: UnsafePointer<Float>, offsets: UnsafePointer<Int>, rows: Int, headSize: Int,
  into tile: UnsafeMutablePointer<Float>
) {
  for row in 0..<rows {
    for index in stride(from: 0, to: headSize, by: lanes) {
      Vector(loading: source + offsets[row] + index).store(to: tile + row * headSize + index)
    }
  }
}
