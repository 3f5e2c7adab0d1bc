import Kernels
import Testing

@Suite struct AttentionPackingTests {
  private let stride = 50

  /// Rows of 40 numbers, backwards, so that no order is taken for granted.
  private func offsets(_ rows: Int) -> [Int] { (0..<rows).map { (127 - $0) * stride + $0 % 2 } }

  private func number(_ row: Int, _ index: Int, of source: [Float], rows: Int) -> Float {
    row < rows ? source[offsets(rows)[row] + index] : 0
  }

  private let source = (0..<128 * 50).map { Float($0 % 251) - 125 }

  private func packed(
    _ arithmetic: AttentionArithmetic, rows: Int, keys: Bool
  ) -> [UInt32] {
    let count =
      keys
      ? arithmetic.keyWords(rows, headSize: 40) : arithmetic.valueWords(rows, headSize: 40)
    var words = [UInt32](repeating: 0xFFFF_FFFF, count: count)
    words.withUnsafeMutableBufferPointer {
      let pack = keys ? packKeys : packValues
      pack(arithmetic, source, offsets(rows), rows, 40, $0.baseAddress!)
    }
    return words
  }

  /// Where word `word` of a key of a panel stands.
  private func place(_ arithmetic: AttentionArithmetic, key: Int, word: Int, words: Int) -> Int {
    arithmetic.isInTiles(headSize: 40) ? key * words + word : word * 16 + key
  }

  @Test(arguments: [1, 5, 16, 17, 31, 127, 128])
  func keysBecomeColumns(rows: Int) {
    let floats = packed(.f32, rows: rows, keys: true)
    let pairs = packed(.bf16, rows: rows, keys: true)
    #expect(floats.count == (rows + 15) / 16 * 16 * 40 && pairs.count == floats.count / 2)
    var misplaced = 0
    for row in 0..<(rows + 15) / 16 * 16 {
      for index in 0..<40 {
        let expected = number(row, index, of: source, rows: rows).bitPattern
        if floats[row / 16 * 640 + index * 16 + row % 16] != expected { misplaced += 1 }
        let pair = pairs[row / 16 * 320 + place(.bf16, key: row % 16, word: index / 2, words: 20)]
        // These numbers need no rounding.
        if (index % 2 == 0 ? pair << 16 : pair & 0xFFFF_0000) != expected { misplaced += 1 }
      }
    }
    #expect(misplaced == 0)
  }

  @Test(arguments: [1, 5, 16, 17, 31, 127, 128])
  func valuesBecomePanelsOfSixteenColumns(rows: Int) {
    let floats = packed(.f32, rows: rows, keys: false)
    let pairs = packed(.bf16, rows: rows, keys: false)
    let whole = (rows + 15) / 16 * 16
    #expect(floats.count == whole * 48 && pairs.count == floats.count / 2)
    var misplaced = 0
    for row in 0..<whole {
      for index in 0..<48 {
        let expected =
          index < 40 ? number(row, index, of: source, rows: rows).bitPattern : 0
        let (panel, column) = (index / 16 * whole * 16, index % 16)
        if floats[panel + row * 16 + column] != expected { misplaced += 1 }
        let place =
          AttentionArithmetic.bf16.isInTiles(headSize: 40)
          ? column * whole / 2 + row / 2 : row / 2 * 16 + column
        let pair = pairs[panel / 2 + place]
        if (row % 2 == 0 ? pair << 16 : pair & 0xFFFF_0000) != expected { misplaced += 1 }
      }
    }
    #expect(misplaced == 0)
  }

  @Test(arguments: [1, 16, 33])
  func keysInEightBitsCarryTheirScaleAndCorrection(rows: Int) {
    let words = packed(.int8, rows: rows, keys: true)
    for row in 0..<rows {
      let panel = row / 16 * 192
      let scale = Float(bitPattern: words[panel + 176 + row % 16])
      var sum: Int32 = 0
      for index in 0..<40 {
        let word = words[panel + place(.int8, key: row % 16, word: index / 4, words: 10)]
        let byte = Int8(truncatingIfNeeded: word >> (8 * UInt32(index % 4)))
        sum += Int32(byte)
        let exact = number(row, index, of: source, rows: rows)
        #expect(abs(Float(byte) * scale - exact) <= scale * 0.5001)
      }
      #expect(Int32(bitPattern: words[panel + 160 + row % 16]) == -128 * sum)
    }
  }
}
