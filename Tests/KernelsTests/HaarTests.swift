import Kernels
import Testing

/// The Haar transform against its definition, a product of three 4×4 matrices.
@Suite struct HaarTests {
  /// Rows are k, columns are samples.
  private static let basis: [[Double]] = {
    let r = 0.5.squareRoot()
    return [[0.5, 0.5, 0.5, 0.5], [0.5, 0.5, -0.5, -0.5], [r, -r, 0, 0], [0, 0, r, -r]]
  }()

  /// One row of blocks, `[4 frames, 4 rows, 4·blocks columns, 3]`.
  private static func pixels(blocks: Int) -> [Float] {
    (0..<(blocks * 192)).map { Float(($0 * 7919 + 13) % 1009) / 504 - 1 }
  }

  private static func forward(_ pixels: [Float], blocks: Int) -> [Float] {
    var result = [Float](repeating: .nan, count: pixels.count)
    let frame = blocks * 48
    pixels.withUnsafeBufferPointer { pixels in
      guard let p = pixels.baseAddress else { return }
      haarForward(
        (p, p + frame, p + 2 * frame, p + 3 * frame), rowStride: blocks * 12, blocks: blocks,
        into: &result)
    }
    return result
  }

  /// Numbers of blocks around the chunk of 16 that the kernel works in.
  @Test(arguments: [1, 2, 3, 15, 16, 17, 33]) func agreesWithDefinition(_ blocks: Int) {
    let pixels = Self.pixels(blocks: blocks)
    let found = Self.forward(pixels, blocks: blocks)
    var worst = 0.0
    for block in 0..<blocks {
      for kt in 0..<4 {
        for ky in 0..<4 {
          for kx in 0..<4 {
            for colour in 0..<3 {
              var sum = 0.0
              for t in 0..<4 {
                for y in 0..<4 {
                  for x in 0..<4 {
                    let pixel = ((t * 4 + y) * 4 * blocks + block * 4 + x) * 3 + colour
                    sum +=
                      Self.basis[kt][t] * Self.basis[ky][y] * Self.basis[kx][x]
                      * Double(pixels[pixel])
                  }
                }
              }
              let channel = ((kt * 4 + ky) * 4 + kx) * 3 + colour
              worst = max(worst, abs(Double(found[block * 192 + channel]) - sum))
            }
          }
        }
      }
    }
    // Coefficients reach 8; nine roundings of Float32.
    #expect(worst < 4e-6)
  }

  @Test(arguments: [1, 16, 21]) func goesThereAndBack(_ blocks: Int) {
    let pixels = Self.pixels(blocks: blocks)
    let coefficients = Self.forward(pixels, blocks: blocks)
    var back = [Float](repeating: .nan, count: pixels.count)
    let frame = blocks * 48
    back.withUnsafeMutableBufferPointer { back in
      guard let p = back.baseAddress else { return }
      haarInverse(
        coefficients, blocks: blocks,
        into: (p, p + frame, p + 2 * frame, p + 3 * frame), rowStride: blocks * 12)
    }
    #expect(zip(back, pixels).allSatisfy { abs($0 - $1) < 2e-6 })
  }

  @Test func keepsLengths() {
    let pixels = Self.pixels(blocks: 5)
    let coefficients = Self.forward(pixels, blocks: 5)
    let before = pixels.reduce(0.0) { $0 + Double($1) * Double($1) }
    let after = coefficients.reduce(0.0) { $0 + Double($1) * Double($1) }
    #expect(abs(after / before - 1) < 1e-6)
  }

  @Test func meanFrameIsMeanOfInverse() {
    let blocks = 18
    let coefficients = Self.pixels(blocks: blocks).map { $0 * 2 }
    let frame = blocks * 48
    var back = [Float](repeating: .nan, count: 4 * frame)
    back.withUnsafeMutableBufferPointer { back in
      guard let p = back.baseAddress else { return }
      haarInverse(
        coefficients, blocks: blocks,
        into: (p, p + frame, p + 2 * frame, p + 3 * frame), rowStride: blocks * 12)
    }
    var mean = [Float](repeating: .nan, count: frame)
    haarInverseMean(coefficients, blocks: blocks, into: &mean, rowStride: blocks * 12)
    for index in 0..<frame {
      let expected = (0..<4).reduce(Float(0)) { $0 + back[$1 * frame + index] } / 4
      #expect(abs(mean[index] - expected) < 4e-6)
    }
  }
}
