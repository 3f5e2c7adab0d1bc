import Kernels

/// How a product is cut into blocks for the workers, by its shape alone.
///
/// A block's weights stay in the second cache while its rows go by, and there are enough blocks to go
/// round.
struct ProductBlocks: Sendable {
  private let rows: Int
  private let columns: Int
  private let rowBlocks: Int
  private let columnBlocks: Int
  private let passes: ProductPasses
  /// Columns that must not be parted.
  private let unit: Int
  /// Whether blocks that follow each other are of the same rows.
  private let goesByRows: Bool

  /// The bytes of weights that a block reads in one pass; the second cache also holds its rows.
  private static let weightBytes = 400 << 10
  /// The bytes of all weights of a pass up to which a thread keeps to its rows: another core's cache
  /// is further away than its own, even for weights that it reads again.
  private static let residentBytes = 1 << 20
  /// The rows of a block, in tiles, at most: the more, the seldomer weights come from afar.
  private static let highestBlock = 16
  /// Blocks that keep many threads busy, wherever there is so much work.
  private static let wantedBlocks = 48

  /// - Parameters:
  ///   - groups: of the inner dimension, in `format`.
  ///   - unit: how many columns must stay together, a multiple of 32.
  init(rows: Int, columns: Int, _ format: ProductFormat, groups: Int, unit: Int) {
    self.rows = rows
    self.columns = columns
    self.unit = unit
    passes = ProductPasses(format, groups: groups)
    let (tiles, units) = (Self.ceiling(rows, passes.tileRows), Self.ceiling(columns, unit))
    let passBytes = passes.residentGroups * panelStepByteCount
    goesByRows = passBytes * Self.ceiling(columns, tileColumns) <= Self.residentBytes
    let unitsAtOnce = max(1, Self.weightBytes / max(1, passBytes * unit / tileColumns))
    columnBlocks = min(
      units,
      max(Self.ceiling(units, unitsAtOnce), Self.ceiling(Self.wantedBlocks / 3, max(1, tiles))))
    let wanted = Self.ceiling(Self.wantedBlocks, max(1, columnBlocks))
    rowBlocks = min(tiles, max(wanted, Self.ceiling(tiles, Self.highestBlock)))
  }

  var count: Int { rowBlocks * columnBlocks }

  /// Blocks that follow each other read the same weights where these are large, else the same rows: as
  /// threads begin with the same part of every job, they then find rows that they have made themselves.
  subscript(index: Int) -> (rows: Range<Int>, columns: Range<Int>) {
    let (row, column) =
      goesByRows
      ? index.quotientAndRemainder(dividingBy: columnBlocks)
      : (index % rowBlocks, index / rowBlocks)
    return (
      Self.share(rows, by: passes.tileRows, row, of: rowBlocks),
      Self.share(columns, by: unit, column, of: columnBlocks)
    )
  }

  /// The bytes that a block keeps between passes, if there are several; the largest block's.
  var partialSumsByteCount: Int {
    guard count > 0 else { return 0 }
    return passes.partialSumsByteCount(
      rows: Self.ceiling(Self.ceiling(rows, passes.tileRows), rowBlocks) * passes.tileRows,
      columns: Self.ceiling(Self.ceiling(columns, unit), columnBlocks) * unit)
  }

  private static func ceiling(_ count: Int, _ size: Int) -> Int { (count + size - 1) / size }

  /// The `index`-th of `count` parts of `0..<total`, cut at multiples of `size`.
  private static func share(_ total: Int, by size: Int, _ index: Int, of count: Int) -> Range<Int> {
    let pieces = ceiling(total, size)
    return pieces * index / count * size..<min(pieces * (index + 1) / count * size, total)
  }
}
