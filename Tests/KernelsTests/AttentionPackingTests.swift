import Kernels
import Testing

@Suite struct AttentionPackingTests {
  @Test(arguments: [1, 5, 16, 17, 31, 63, 64])
  func keysBecomeColumnsAndValuesRows(rows: Int) {
    let (size, stride) = (48, 50)
    let source = (0..<64 * stride).map(Float.init)
    // Backwards, so that no order is taken for granted.
    let offsets = (0..<rows).map { (63 - $0) * stride + $0 % 2 }
    var keys = [Float](repeating: .nan, count: size * attentionTileKeys)
    var values = [Float](repeating: -1, count: attentionTileKeys * size)
    keys.withUnsafeMutableBufferPointer {
      packKeys(
        source, offsets: offsets, rows: rows, headSize: size, factor: 0.5, into: $0.baseAddress!)
    }
    values.withUnsafeMutableBufferPointer {
      packValues(source, offsets: offsets, rows: rows, headSize: size, into: $0.baseAddress!)
    }
    var misplaced = 0
    for row in 0..<attentionTileKeys {
      for index in 0..<size {
        let value = row < rows ? source[offsets[row] + index] : nil
        if keys[index * attentionTileKeys + row] != (value ?? 0) / 2 { misplaced += 1 }
        if values[row * size + index] != value ?? -1 { misplaced += 1 }
      }
    }
    #expect(misplaced == 0)
  }
}
