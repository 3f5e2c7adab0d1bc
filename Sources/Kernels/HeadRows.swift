/// Where a product of queries, keys and values beside each other goes: three arrays
/// `[tokens, heads, headSize]`, queries and keys normalised and turned.
///
/// A value of pointers; whoever makes one keeps the memory alive.
package struct HeadRows: @unchecked Sendable {
  /// One of the three arrays.
  package struct Part: @unchecked Sendable {
    fileprivate let rows: UnsafeMutablePointer<Float>
    fileprivate let norm: UnsafePointer<Float>?
    fileprivate let isTurned: Bool

    /// - Parameters:
    ///   - rows: `[tokens, heads, headSize]`.
    ///   - norm: `[headSize]`, the weight of a root-mean-square norm of each head.
    ///   - isTurned: whether the rotary embedding applies.
    package init(
      _ rows: UnsafeMutablePointer<Float>, norm: UnsafePointer<Float>?, isTurned: Bool
    ) {
      self.rows = rows
      self.norm = norm
      self.isTurned = isTurned
    }
  }

  private let queries: Part
  private let keys: Part
  private let values: Part
  private let width: Int
  private let headSize: Int
  private let epsilon: Float
  private let cosines: UnsafePointer<Float>?
  private let sines: UnsafePointer<Float>?

  /// - Parameters:
  ///   - width: numbers of all heads of a token, a multiple of `headSize`.
  ///   - headSize: a multiple of 16.
  ///   - epsilon: of the norms.
  ///   - cosines, sines: `[tokens, headSize / 2]`, or `nil` for no turn.
  package init(
    queries: Part, keys: Part, values: Part, width: Int, headSize: Int, epsilon: Float,
    cosines: UnsafePointer<Float>?, sines: UnsafePointer<Float>?
  ) {
    self.queries = queries
    self.keys = keys
    self.values = values
    self.width = width
    self.headSize = headSize
    self.epsilon = epsilon
    self.cosines = cosines
    self.sines = sines
  }

  /// Where a number of the product goes.
  @inline(__always)
  func place(row: Int, column: Int) -> UnsafeMutablePointer<Float> {
    let start = row * width
    if column < width { return queries.rows + start + column }
    if column < 2 * width { return keys.rows + start + column - width }
    return values.rows + start + column - 2 * width
  }

  /// Normalises and turns, in place, the heads that lie in columns of the product; `columns` begin
  /// and end with a head.
  func normalizeAndRotate(_ rows: Range<Int>, _ columns: Range<Int>) {
    for (index, part) in [queries, keys, values].enumerated() {
      let own = columns.clamped(to: index * width..<(index + 1) * width)
      guard !own.isEmpty, part.norm != nil || part.isTurned else { continue }
      let angles = rows.lowerBound * headSize / 2
      Kernels.normalizeAndRotate(
        part.rows + rows.lowerBound * width + own.lowerBound - index * width,
        tokens: rows.count, heads: own.count / headSize, headSize: headSize, stride: width,
        weight: part.norm, epsilon: epsilon,
        cosines: part.isTurned ? cosines.map { $0 + angles } : nil,
        sines: part.isTurned ? sines.map { $0 + angles } : nil)
    }
  }
}
