import Tensor
import Testing

@testable import Bench

@Suite struct OpenBLASTests {
  @Test(arguments: [(1, 1, 1), (3, 5, 7), (17, 33, 65), (64, 48, 130)])
  func agreesWithSumsInFloat64(rows: Int, columns: Int, inner: Int) throws {
    let a = try Tensor([rows, inner])
    let b = try Tensor([columns, inner])
    Philox(seed: 1).normals(into: a)
    Philox(seed: 2).normals(into: b)
    let result = try Tensor([rows, columns])
    OpenBLAS.timesTransposed(
      rows: rows, columns: columns, inner: inner, a.pointer, b.pointer, into: result.pointer)
    for row in 0..<rows {
      for column in 0..<columns {
        var (sum, size) = (0.0, 0.0)
        for index in 0..<inner {
          let product =
            Double(a.pointer[row * inner + index]) * Double(b.pointer[column * inner + index])
          sum += product
          size += abs(product)
        }
        // The usual bound of a Float32 sum, with much room.
        #expect(abs(Double(result.pointer[row * columns + column]) - sum) <= 1e-6 * size)
      }
    }
  }

  @Test func saysWhatItIs() {
    #expect(!OpenBLAS.coreName.isEmpty)
    #expect(OpenBLAS.configuration.contains("OpenBLAS"))
  }
}
