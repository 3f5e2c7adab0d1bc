/// How many rows a register tile has: keys whose scores, or columns of values whose sums, are in
/// registers at once.
let stripKeys = 8

/// The same in tile registers, a few register tiles of keys one after the other: what follows a product, and would
/// wait for it, is long ago begun then.
let tileStripKeys = 32

/// The innermost loop of attention: eight rows of broadcast words times `vectors` vectors of words,
/// with `sums` = 8 · `vectors` sums in registers. With three vectors that takes 28 of 32 registers;
/// eleven loads feed twenty-four products.
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
}
