/// How a product goes over its rows and its inner dimension, by its format and shape alone.
package struct ProductPasses: Sendable {
  /// The rows that belong together: blocks are cut at multiples of them.
  package let tileRows: Int
  /// How many groups' weights are read for all rows of a block before the next are.
  package let residentGroups: Int
  /// How often sums are put aside and taken up again, once more.
  private let count: Int

  package init(_ format: ProductFormat, groups: Int) {
    if format.tileSteps(groups) != nil {
      tileRows = registerTileRows
      residentGroups = groups
      count = Self.inTiles(groups)
    } else {
      tileRows = Kernels.tileRows
      count = Self.inVectors(groups)
      residentGroups = (groups + count - 1) / count
    }
  }

  /// The bytes that a block of the result keeps between two passes; 0 where there is one.
  package func partialSumsByteCount(rows: Int, columns: Int) -> Int {
    guard count > 1 else { return 0 }
    // In tile registers the passes over some rows follow each other.
    let rows = tileRows == registerTileRows ? min(rows, tileRows) : rows
    return (rows + tileRows - 1) / tileRows * ((columns + tileColumns - 1) / tileColumns)
      * tileRows * tileRowByteCount
  }

  /// What a block reads of the weights in one pass stays in the second cache.
  static func inVectors(_ groups: Int) -> Int { max(1, (groups + 1535) / 1536) }

  /// What thirty-two rows have of the inner dimension stays in the first cache.
  static func inTiles(_ groups: Int) -> Int { max(1, (groups + 383) / 384) }
}
