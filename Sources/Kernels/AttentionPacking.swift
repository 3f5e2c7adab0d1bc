import CSIMD

/// Packs key rows of one head into panels of sixteen keys, `[headSize / wordSize, 16]` words each:
/// word `i` of key `j` stands in row `i`, column `j`. For tile registers keys stay rows,
/// `[16, headSize / wordSize]`. What no key of the last panel fills is zero.
///
/// A panel of eight-bit keys ends with two more rows: what the product has too much because queries
/// are shifted by 128, as an integer, and the scale.
/// - Parameters:
///   - source: where the head's row 0 begins; row `j` of the tile begins `offsets[j]` elements
///     further on.
///   - rows: how many keys; at least one.
///   - headSize: a multiple of 8.
///   - panels: room for `arithmetic.keyWords(rows, headSize:)`.
package func packKeys(
  _ arithmetic: AttentionArithmetic, _ source: UnsafePointer<Float>, offsets: UnsafePointer<Int>,
  rows: Int, headSize: Int, into panels: UnsafeMutablePointer<UInt32>
) {
  let stride = arithmetic.isInTiles(headSize: headSize) ? nil : attentionPanelKeys
  for first in Swift.stride(from: 0, to: rows, by: attentionPanelKeys) {
    let panel = panels + first / attentionPanelKeys * arithmetic.keyPanelWords(headSize: headSize)
    let columns = Columns(
      source: source, offsets: offsets + first, count: min(rows - first, lanes),
      headSize: headSize, factor: 1)
    switch arithmetic {
    case .f32: columns.packFloats(into: panel, stride: attentionPanelKeys)
    case .bf16: columns.packPairs(into: panel, stride: stride)
    case .int8:
      let end = panel + attentionPanelKeys * headSize / Int8Product.wordSize
      columns.packBytes(
        into: panel, stride: stride, shifted: false, corrections: end,
        scales: end + attentionPanelKeys)
    }
  }
}

/// Packs value rows of one head into panels of sixteen columns, `[rows / wordSize, 16]` words each,
/// one after the other; for tile registers as one row of words for each column, `[columns, rows / 2]`.
/// `rows` is rounded up to a multiple of sixteen, and what no value fills is zero. Parameters as for `packKeys`, but with at most `attentionTileKeys` rows.
package func packValues(
  _ arithmetic: AttentionArithmetic, _ source: UnsafePointer<Float>, offsets: UnsafePointer<Int>,
  rows: Int, headSize: Int, into panels: UnsafeMutablePointer<UInt32>
) {
  let words = attentionPanels(rows) * attentionPanelKeys / arithmetic.valuesWordSize
  let source = ValueRows(source: source, offsets: offsets, count: rows)
  for column in stride(from: 0, to: headSize, by: lanes) {
    let panel = panels + column * words
    let width = min(headSize - column, lanes)
    if arithmetic == .f32 {
      for word in 0..<words {
        source.word(word, column: column, width: width).store(to: panel + word * lanes)
      }
    } else if !arithmetic.isInTiles(headSize: headSize) {
      for word in 0..<words {
        source.pair(word, column: column, width: width).store(to: panel + word * lanes)
      }
    } else {
      transposeWords(words, into: panel, stride: words) {
        source.pair($0, column: column, width: width)
      }
    }
  }
}

/// Rows of values, of which sixteen columns are read at a time.
private struct ValueRows {
  let source: UnsafePointer<Float>
  let offsets: UnsafePointer<Int>
  let count: Int

  /// Zeros for rows that are not there.
  @inline(__always)
  private func row(_ row: Int, _ column: Int, _ width: Int) -> Vector {
    row < count
      ? load(source + offsets[row] + column, width: width) : Vector(repeating: 0)
  }

  @inline(__always)
  func word(_ word: Int, column: Int, width: Int) -> Words {
    unsafeBitCast(row(word, column, width), to: Words.self)
  }

  /// Two rows.
  @inline(__always)
  func pair(_ word: Int, column: Int, width: Int) -> Words {
    unsafeBitCast(
      flipbook_bf16_pairs(row(2 * word, column, width), row(2 * word + 1, column, width)),
      to: Words.self)
  }
}

/// Turns vectors of sixteen words, `count` of them, a multiple of eight, into sixteen rows.
@inline(__always)
private func transposeWords(
  _ count: Int, into rows: UnsafeMutablePointer<UInt32>, stride: Int, _ vector: (Int) -> Words
) {
  // 1 KiB: Swift puts that on the stack.
  withUnsafeTemporaryAllocation(of: UInt32.self, capacity: lanes * lanes) { square in
    guard let square = square.baseAddress else { return }
    for first in Swift.stride(from: 0, to: count, by: lanes) {
      let width = min(lanes, count - first)
      for index in 0..<width { vector(first + index).store(to: square + index * lanes) }
      if width == lanes {
        flipbook_transpose16(square, rows + first, lanes, stride)
      } else {
        flipbook_transpose16(square, square, lanes, lanes)
        for row in 0..<lanes {
          UnsafeMutableRawPointer(rows + row * stride + first).copyMemory(
            from: square + row * lanes, byteCount: width * groupByteCount)
        }
      }
    }
  }
}

/// Packs `vectors` times sixteen query rows of one head as `[headSize / wordSize, 16 · vectors]`
/// words, times `factor`; rows that are not there are zero.
/// - Parameter scales: what eight-bit queries are to be multiplied by, `[16 · vectors]`.
@inline(__always)
func packQueries(
  _ arithmetic: AttentionArithmetic, _ source: UnsafePointer<Float>, offsets: UnsafePointer<Int>,
  rows: Int, vectors: Int, headSize: Int, factor: Float,
  into words: UnsafeMutablePointer<UInt32>, scales: UnsafeMutablePointer<UInt32>
) {
  for vector in 0..<vectors {
    let first = vector * lanes
    let columns = Columns(
      source: source, offsets: offsets + first, count: min(max(rows - first, 0), lanes),
      headSize: headSize, factor: factor)
    switch arithmetic {
    case .f32: columns.packFloats(into: words + first, stride: vectors * lanes)
    case .bf16: columns.packPairs(into: words + first, stride: vectors * lanes)
    case .int8:
      columns.packBytes(
        into: words + first, stride: vectors * lanes, shifted: true, corrections: nil,
        scales: scales + first)
    }
  }
}

/// Up to sixteen rows that become columns of words.
private struct Columns {
  let source: UnsafePointer<Float>
  let offsets: UnsafePointer<Int>
  let count: Int
  let headSize: Int
  let factor: Float

  @inline(never)
  func packFloats(into result: UnsafeMutablePointer<UInt32>, stride: Int) {
    transpose(wordSize: FloatProduct.wordSize, into: result, stride: stride) { row, index in
      unsafeBitCast(part(row, index), to: Words.self)
    }
  }

  @inline(never)
  func packPairs(into result: UnsafeMutablePointer<UInt32>, stride: Int?) {
    transpose(wordSize: BFloat16Product.wordSize, into: result, stride: stride) { row, index in
      unsafeBitCast(
        flipbook_bf16_rounded2(part(row, index), part(row, index + lanes)), to: Words.self)
    }
  }

  /// Each row is divided by its scale, the largest magnitude over 127, and rounded. A row with
  /// an infinity or a NaN has NaN for its scale.
  /// - Parameters:
  ///   - shifted: whether 128 is added, for numbers without sign.
  ///   - corrections: −128 times the sum of each row.
  @inline(never)
  func packBytes(
    into result: UnsafeMutablePointer<UInt32>, stride: Int?, shifted: Bool,
    corrections: UnsafeMutablePointer<UInt32>?, scales: UnsafeMutablePointer<UInt32>
  ) {
    var inverse = Vector(repeating: 0)
    var sums = SIMD16<Int32>(repeating: 0)
    for row in 0..<lanes {
      var largest = Vector(repeating: 0)
      var strange = Vector(repeating: 0)
      if row < count {
        for index in Swift.stride(from: 0, to: headSize, by: lanes) {
          let values = part(row, index)
          largest = flipbook_max(flipbook_abs(values), largest)
          strange = flipbook_fma(values, Vector(repeating: 0), strange)
        }
      }
      let magnitude = flipbook_largest(largest)
      // Below the smallest normal number a row is nothing, and its inverse would be infinite.
      let isNothing = magnitude < 1.5e-36
      inverse[row] = isNothing ? 0 : 127 / magnitude
      scales[row] = ((isNothing ? 0 : magnitude / 127) + flipbook_sum(strange)).bitPattern
    }
    transpose(wordSize: Int8Product.wordSize, into: result, stride: stride) { row, index in
      let factor = Vector(repeating: inverse[row])
      var bytes = InlineArray<4, SIMD16<UInt8>>(repeating: SIMD16(repeating: 0))
      var total = SIMD16<Int32>(repeating: 0)
      for quarter in 0..<4 {
        let whole = flipbook_nearest(part(row, index + quarter * lanes) * factor)
        total &+= whole
        let moved = shifted ? whole &+ SIMD16(repeating: 128) : whole
        bytes[quarter] = flipbook_u8_narrowed(moved)
      }
      sums[row] &+= total.wrappedSum()
      return unsafeBitCast(bytes, to: Words.self)
    }
    if let corrections {
      unsafeBitCast(sums &* SIMD16(repeating: -128), to: Words.self).store(to: corrections)
    }
  }

  /// Sixteen numbers of a row, zeros where it ends or is not there.
  @inline(__always)
  private func part(_ row: Int, _ index: Int) -> Vector {
    guard row < count && index < headSize else { return Vector(repeating: 0) }
    return load(source + offsets[row] + index, width: headSize - index)
      * Vector(repeating: factor)
  }

  /// Sixteen words of each of the sixteen rows at a time.
  /// - Parameter stride: from a row of the result to the next; `nil` where rows stay rows, without gaps.
  @inline(__always)
  private func transpose(
    wordSize: Int, into result: UnsafeMutablePointer<UInt32>, stride: Int?,
    _ words: (_ row: Int, _ index: Int) -> Words
  ) {
    guard let stride else {
      copy(wordSize: wordSize, into: result, words)
      return
    }
    // 1 KiB: Swift puts that on the stack.
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: lanes * lanes) { square in
      guard let square = square.baseAddress else { return }
      let length = headSize / wordSize
      for word in Swift.stride(from: 0, to: length, by: lanes) {
        for row in 0..<lanes { words(row, word * wordSize).store(to: square + row * lanes) }
        let height = min(length - word, lanes)
        flipbook_transpose16(square, result + word * stride, height, stride)
      }
    }
  }

  @inline(__always)
  private func copy(
    wordSize: Int, into result: UnsafeMutablePointer<UInt32>,
    _ words: (_ row: Int, _ index: Int) -> Words
  ) {
    let length = headSize / wordSize
    for row in 0..<lanes {
      for word in Swift.stride(from: 0, to: length, by: lanes) {
        var values = words(row, word * wordSize)
        withUnsafeBytes(of: &values) {
          UnsafeMutableRawPointer(result + row * length + word).copyMemory(
            from: $0.baseAddress.unsafelyUnwrapped,
            byteCount: min(length - word, lanes) * groupByteCount)
        }
      }
    }
  }
}

/// Sixteen numbers, or eight and zeros where `width` is eight.
@inline(__always)
func load(_ pointer: UnsafePointer<Float>, width: Int) -> Vector {
  if width >= lanes { return Vector(loading: pointer) }
  return Vector(
    lowHalf: UnsafeRawPointer(pointer).loadUnaligned(as: SIMD8<Float>.self),
    highHalf: SIMD8(repeating: 0))
}
