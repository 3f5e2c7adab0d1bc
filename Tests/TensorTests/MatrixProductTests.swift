import Tensor
import Testing

@Suite struct MatrixProductTests {
  @Test(arguments: [(1, 1, 1), (3, 5, 7), (17, 33, 65), (64, 48, 130)])
  func agreesWithSumsInFloat64(rows: Int, columns: Int, inner: Int) throws {
    let a = try Tensor([rows, inner])
    let b = try Tensor([columns, inner])
    Philox(seed: 1).normals(into: a)
    Philox(seed: 2).normals(into: b)
    let transposed = try Tensor([inner, columns])
    for row in 0..<inner {
      for column in 0..<columns {
        transposed.pointer[row * columns + column] = b.pointer[column * inner + row]
      }
    }
    let first = try Tensor([rows, columns])
    let second = try Tensor([rows, columns])
    MatrixProduct.timesTransposed(
      rows: rows, columns: columns, inner: inner, a.pointer, stride: inner, b.pointer,
      stride: inner, into: first.pointer, stride: columns)
    for _ in 0..<2 {
      MatrixProduct.times(
        rows: rows, columns: columns, inner: inner, a.pointer, stride: inner, transposed.pointer,
        stride: columns, into: second.pointer, stride: columns, adding: true)
    }
    for row in 0..<rows {
      for column in 0..<columns {
        var sum = 0.0
        var size = 0.0
        for index in 0..<inner {
          let product =
            Double(a.pointer[row * inner + index]) * Double(b.pointer[column * inner + index])
          sum += product
          size += abs(product)
        }
        let index = row * columns + column
        // The usual bound of a Float32 sum, with much room.
        #expect(abs(Double(first.pointer[index]) - sum) <= 1e-6 * size)
        #expect(abs(Double(second.pointer[index]) - 2 * sum) <= 2e-6 * size)
      }
    }
  }

  @Test func openBLASSaysWhatItIs() {
    #expect(!MatrixProduct.coreName.isEmpty)
    #expect(MatrixProduct.configuration.contains("OpenBLAS"))
  }
}

@Suite struct ProcessorTests {
  @Test func whatTheTestsRunOnHasWhatTheyWereBuiltFor() {
    #expect(Processor.missingFeatures.isEmpty)
    #expect(Set(Processor.compiledFeatures).isSubset(of: Processor.features))
    #expect(!Processor.name.isEmpty)
  }
}
