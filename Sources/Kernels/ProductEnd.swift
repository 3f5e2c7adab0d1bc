import CSIMD

/// What becomes of the sums of a matrix product while they are in the first cache.
///
/// A value of pointers; whoever makes one keeps the memory alive.
package struct ProductEnd: @unchecked Sendable {
  /// Where the sums go.
  package enum Destination {
    /// To rows of Float32, `stride` numbers apart.
    case float32(UnsafeMutablePointer<Float>, stride: Int)
    /// Rounded to rows of bfloat16, `stride` bytes apart: what the next product reads.
    case bfloat16(UnsafeMutableRawPointer, stride: Int)
    /// Times `gate` (one where there is none) and added to rows of Float32, `stride` numbers apart.
    case residual(UnsafeMutablePointer<Float>, stride: Int, gate: UnsafePointer<Float>?)
    /// To queries, keys and values.
    case heads(HeadRows)
  }

  private let bias: UnsafePointer<Float>?
  private let activation: ActivationKernel
  private let destination: Destination

  /// - Parameters:
  ///   - bias: one number a column, added first.
  ///   - activation: of the sum with its bias; sums for a residual and for heads have none.
  package init(
    bias: UnsafePointer<Float>?, activation: ActivationKernel = .none, _ destination: Destination
  ) {
    self.bias = bias
    self.activation = activation
    self.destination = destination
  }

  /// Ends one tile.
  /// - Parameter values: `rows` rows of thirty-two, of which `columns` count.
  func finish(
    _ values: UnsafePointer<Float>, row: Int, rows: Int, column: Int, columns: Int
  ) {
    let tile = EndedTile(values: values, row: row, rows: rows, column: column, columns: columns)
    switch (destination, activation) {
    case (.float32(let target, let stride), .none): tile.store(bias, target, stride) { $0 }
    case (.float32(let target, let stride), .gelu): tile.store(bias, target, stride, gelu)
    case (.float32(let target, let stride), .geluTanh): tile.store(bias, target, stride, geluTanh)
    case (.float32(let target, let stride), .silu): tile.store(bias, target, stride, silu)
    case (.bfloat16(let target, let stride), .none): tile.round(bias, target, stride) { $0 }
    case (.bfloat16(let target, let stride), .gelu): tile.round(bias, target, stride, gelu)
    case (.bfloat16(let target, let stride), .geluTanh):
      tile.round(bias, target, stride, geluTanhToRound)
    case (.bfloat16(let target, let stride), .silu): tile.round(bias, target, stride, siluToRound)
    case (.residual(let target, let stride, let gate), _):
      tile.add(bias, to: target, stride, gate: gate)
    case (.heads(let heads), _): tile.split(bias, heads)
    }
  }

  /// Ends rows of which every tile is done.
  func finishRows(_ rows: Range<Int>, columns: Range<Int>) {
    if case .heads(let heads) = destination { heads.normalizeAndRotate(rows, columns) }
  }
}

/// A tile of sums, and where in the result it lies.
private struct EndedTile {
  let values: UnsafePointer<Float>
  let row: Int
  let rows: Int
  let column: Int
  let columns: Int

  @inline(__always)
  func store(
    _ bias: UnsafePointer<Float>?, _ target: UnsafeMutablePointer<Float>, _ stride: Int,
    _ transform: (Vector) -> Vector
  ) {
    forVectors { values, row, column, valid in
      let place = target + row * stride + column
      let result = transform(values + addend(bias, column, valid))
      if valid == lanes { result.store(to: place) } else { result.store(to: place, count: valid) }
    }
  }

  @inline(__always)
  func round(
    _ bias: UnsafePointer<Float>?, _ target: UnsafeMutableRawPointer, _ stride: Int,
    _ transform: (Vector) -> Vector
  ) {
    guard columns == tileColumns else {
      forNarrowVectors { values, row, column, valid in
        let place = target + row * stride + column * MemoryLayout<UInt16>.stride
        let result = flipbook_bf16_rounded(transform(values + addend(bias, column, valid)))
        if valid == lanes {
          place.storeBytes(of: result, as: SIMD16<UInt16>.self)
        } else {
          for lane in 0..<valid {
            place.storeBytes(of: result[lane], toByteOffset: 2 * lane, as: UInt16.self)
          }
        }
      }
      return
    }
    // A row of the tile is a cache line, written at once.
    let (low, high) = (addend(bias, column, lanes), addend(bias, column + lanes, lanes))
    for index in 0..<rows {
      let source = values + index * tileColumns
      let result = flipbook_bf16_rounded2(
        transform(Vector(loading: source) + low),
        transform(Vector(loading: source + lanes) + high))
      (target + (row + index) * stride + column * MemoryLayout<UInt16>.stride)
        .storeBytes(of: result, as: SIMD32<UInt16>.self)
    }
  }

  @inline(__always)
  func add(
    _ bias: UnsafePointer<Float>?, to target: UnsafeMutablePointer<Float>, _ stride: Int,
    gate: UnsafePointer<Float>?
  ) {
    forVectors { values, row, column, valid in
      let place = target + row * stride + column
      let sum = values + addend(bias, column, valid)
      let old = load(place, 0, valid)
      let result =
        if let gate { flipbook_fma(sum, load(gate, column, valid), old) } else { old + sum }
      if valid == lanes { result.store(to: place) } else { result.store(to: place, count: valid) }
    }
  }

  @inline(__always)
  func split(_ bias: UnsafePointer<Float>?, _ heads: HeadRows) {
    forVectors { values, row, column, valid in
      (values + addend(bias, column, valid)).store(to: heads.place(row: row, column: column))
    }
  }

  @inline(__always)
  private func addend(_ bias: UnsafePointer<Float>?, _ column: Int, _ valid: Int) -> Vector {
    guard let bias else { return Vector(repeating: 0) }
    return load(bias, column, valid)
  }

  /// Every vector of the tile: its numbers, its place in the result, and how many of it count.
  @inline(__always)
  private func forVectors(
    _ body: (_ values: Vector, _ row: Int, _ column: Int, _ valid: Int) -> Void
  ) {
    if columns == tileColumns {
      for index in 0..<rows {
        let source = values + index * tileColumns
        body(Vector(loading: source), row + index, column, lanes)
        body(Vector(loading: source + lanes), row + index, column + lanes, lanes)
      }
    } else {
      forNarrowVectors(body)
    }
  }

  /// The same of a tile at the right edge, of fewer columns.
  @inline(__always)
  private func forNarrowVectors(
    _ body: (_ values: Vector, _ row: Int, _ column: Int, _ valid: Int) -> Void
  ) {
    for index in 0..<rows {
      for first in stride(from: 0, to: columns, by: lanes) {
        body(
          Vector(loading: values + index * tileColumns + first), row + index, column + first,
          min(lanes, columns - first))
      }
    }
  }
}
