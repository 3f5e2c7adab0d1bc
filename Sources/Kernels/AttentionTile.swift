/// How many rows a register tile has: keys whose scores, or columns of values whose sums, are in
/// registers at once.
let stripKeys = 8

/// The same in tile registers, a few register tiles of keys one after the other: what follows a product, and would
/// wait for it, is long ago begun then.
let tileStripKeys = 32

/// The innermost loop of attention: eight rows of broadcast words times `vectors` vectors of words,
/// with `sums` = 8 · `vectors` sums in registers. With three vectors that takes 28 of 32 registers;
/// eleven loads feed twenty-four products. Sixteen registers of half the width (AVX2) hold a quarter of it, four rows
/// of half as many columns: with three vectors seven loads for twelve products.
enum AttentionTile<Product: WordProduct, let vectors: Int, let sums: Int> {
  /// `result[row, vector] = start[row, vector] + Σ rows[i, row] · columns[i, vector]`.
  ///
  /// A function of its own, over pointers: only so do the sums stay in registers whatever surrounds it.
  /// - Parameters:
  ///   - rows: words that begin sixteen apart.
  ///   - columns: `[depth, vectors · 16]` words.
  ///   - start, result: `[8, vectors]`; they may be the same.
  @inline(never)
  static func multiply(
    _ rows: UnsafePointer<UInt32>, _ columns: UnsafePointer<UInt32>, depth: Int,
    from start: UnsafePointer<Vector>, into result: UnsafeMutablePointer<Vector>
  ) {
    if !hasWideRegisters {
      for quarter in 0..<4 {
        let (row, column) = (quarter / 2 * 4, quarter % 2 * vectors * lanes / 2)
        let offset = row * vectors * lanes + column
        multiplyQuarter(
          rows + row, columns + column, depth: depth,
          from: UnsafeRawPointer(start) + offset * groupByteCount,
          into: UnsafeMutableRawPointer(result) + offset * groupByteCount)
      }
      return
    }
    var (rows, columns) = (rows, columns)
    var registers = InlineArray<sums, Vector>(repeating: Vector(repeating: 0))
    var column = InlineArray<vectors, Words>(repeating: Words(repeating: 0))
    for index in 0..<sums { registers[index] = start[index] }
    for _ in 0..<depth {
      for vector in 0..<vectors { column[vector] = Words(loading: columns + vector * lanes) }
      for row in 0..<8 {
        let word = Words(repeating: rows[row])
        for vector in 0..<vectors {
          let index = row * vectors + vector
          registers[index] = Product.add(registers[index], word, column[vector])
        }
      }
      rows += lanes
      columns += vectors * lanes
    }
    for index in 0..<sums { result[index] = registers[index] }
  }

  /// Four of the rows times half of the columns.
  @inline(never)
  private static func multiplyQuarter(
    _ rows: UnsafePointer<UInt32>, _ columns: UnsafePointer<UInt32>, depth: Int,
    from start: UnsafeRawPointer, into result: UnsafeMutableRawPointer
  ) {
    typealias Half = InlineArray<vectors, HalfVector>
    let half = MemoryLayout<HalfVector>.stride
    func place(_ row: Int, _ vector: Int) -> Int { (row * 2 * vectors + vector) * half }
    func begin(_ row: Int) -> Half {
      Half { start.loadUnaligned(fromByteOffset: place(row, $0), as: HalfVector.self) }
    }
    func store(_ row: Int, _ sums: Half) {
      for vector in 0..<vectors {
        result.storeBytes(
          of: sums[vector], toByteOffset: place(row, vector), as: HalfVector.self)
      }
    }
    func add(_ row: UInt32, _ column: Half, to sums: inout Half) {
      let word = HalfWords(repeating: row)
      for vector in 0..<vectors {
        sums[vector] = Product.add(
          sums[vector], word, unsafeBitCast(column[vector], to: HalfWords.self))
      }
    }
    var (rows, columns) = (rows, UnsafeRawPointer(columns))
    var (s0, s1, s2, s3) = (begin(0), begin(1), begin(2), begin(3))
    for _ in 0..<depth {
      let column = Half { columns.loadUnaligned(fromByteOffset: $0 * half, as: HalfVector.self) }
      add(rows[0], column, to: &s0)
      add(rows[1], column, to: &s1)
      add(rows[2], column, to: &s2)
      add(rows[3], column, to: &s3)
      rows += lanes
      columns += vectors * 2 * half
    }
    store(0, s0)
    store(1, s1)
    store(2, s2)
    store(3, s3)
  }
}
