import CSIMD

// The innermost loop of the convolution: a tile of pixels × vectors of 16 output channels whose sums
// stay in registers over all taps and input channels.
//
// Which inputs a tap reads is a table of pointers, one a pixel, so that edges, narrow frames and
// tiles that run over the end of a row need no case of their own (the indirect convolution
// algorithm, Dukhan 2019, arXiv 1907.02129). A pixel outside the frame points at zeros.

/// Whether a register holds a whole `Vector` and there are 32 of them: AVX-512. The tile is then
/// 8 pixels × 1, 2 or 3 vectors; elsewhere, where a vector takes two registers of 16 (AVX) or four
/// of 32 (NEON), 6 pixels × 1 vector.
var hasWideRegisters: Bool { flipbook_compiled_features() & (1 << 5) != 0 }

/// Pixels of a register tile.
var tilePixels: Int { hasWideRegisters ? 8 : 6 }

/// Adds all taps to a tile of `tilePixels` pixels × `vectors` vectors.
/// - Parameters:
///   - pointers: `[taps, tilePixels]`, each to the `inputs` channels of a pixel.
///   - weights: `[taps, inputs, vectors]`.
///   - sums: `[tilePixels, vectors]`, added to.
@inline(__always)
func addTaps(
  vectors: Int, _ pointers: UnsafePointer<UnsafePointer<Float>>, taps: Int, inputs: Int,
  weights: UnsafePointer<Vector>, sums: UnsafeMutablePointer<Vector>
) {
  switch (hasWideRegisters, vectors) {
  case (true, 3): addTaps8x3(pointers, taps: taps, inputs: inputs, weights: weights, sums: sums)
  case (true, 2): addTaps8x2(pointers, taps: taps, inputs: inputs, weights: weights, sums: sums)
  case (true, _): addTaps8x1(pointers, taps: taps, inputs: inputs, weights: weights, sums: sums)
  case (false, _): addTaps6x1(pointers, taps: taps, inputs: inputs, weights: weights, sums: sums)
  }
}

@inline(never)
private func addTaps8x3(
  _ pointers: UnsafePointer<UnsafePointer<Float>>, taps: Int, inputs: Int,
  weights: UnsafePointer<Vector>, sums: UnsafeMutablePointer<Vector>
) {
  tile(
    InlineArray<8, UnsafePointer<Float>>(repeating: pointers[0]),
    InlineArray<3, Vector>(repeating: .zero), InlineArray<24, Vector>(repeating: .zero),
    pointers, taps: taps, inputs: inputs, weights: weights, sums: sums)
}

@inline(never)
private func addTaps8x2(
  _ pointers: UnsafePointer<UnsafePointer<Float>>, taps: Int, inputs: Int,
  weights: UnsafePointer<Vector>, sums: UnsafeMutablePointer<Vector>
) {
  tile(
    InlineArray<8, UnsafePointer<Float>>(repeating: pointers[0]),
    InlineArray<2, Vector>(repeating: .zero), InlineArray<16, Vector>(repeating: .zero),
    pointers, taps: taps, inputs: inputs, weights: weights, sums: sums)
}

@inline(never)
private func addTaps8x1(
  _ pointers: UnsafePointer<UnsafePointer<Float>>, taps: Int, inputs: Int,
  weights: UnsafePointer<Vector>, sums: UnsafeMutablePointer<Vector>
) {
  tile(
    InlineArray<8, UnsafePointer<Float>>(repeating: pointers[0]),
    InlineArray<1, Vector>(repeating: .zero), InlineArray<8, Vector>(repeating: .zero),
    pointers, taps: taps, inputs: inputs, weights: weights, sums: sums)
}

@inline(never)
private func addTaps6x1(
  _ pointers: UnsafePointer<UnsafePointer<Float>>, taps: Int, inputs: Int,
  weights: UnsafePointer<Vector>, sums: UnsafeMutablePointer<Vector>
) {
  tile(
    InlineArray<6, UnsafePointer<Float>>(repeating: pointers[0]),
    InlineArray<1, Vector>(repeating: .zero), InlineArray<6, Vector>(repeating: .zero),
    pointers, taps: taps, inputs: inputs, weights: weights, sums: sums)
}

/// The tile itself. Its first three arguments carry the sizes into the type, so that every loop over
/// them is unrolled and every element is a register; their values are not used.
@inline(__always)
private func tile<let pixelCount: Int, let vectorCount: Int, let sumCount: Int>(
  _ sizedPixels: InlineArray<pixelCount, UnsafePointer<Float>>,
  _ sizedRow: InlineArray<vectorCount, Vector>, _ sizedSums: InlineArray<sumCount, Vector>,
  _ pointers: UnsafePointer<UnsafePointer<Float>>, taps: Int, inputs: Int,
  weights: UnsafePointer<Vector>, sums: UnsafeMutablePointer<Vector>
) {
  var pixels = sizedPixels
  var row = sizedRow
  var registers = sizedSums
  var weights = weights
  for index in 0..<sumCount { registers[index] = sums[index] }
  for tap in 0..<taps {
    for pixel in 0..<pixelCount { pixels[pixel] = pointers[tap * pixelCount + pixel] }
    for channel in 0..<inputs {
      for vector in 0..<vectorCount { row[vector] = weights[vector] }
      for pixel in 0..<pixelCount {
        let value = Vector(repeating: pixels[pixel][channel])
        for vector in 0..<vectorCount {
          let index = pixel * vectorCount + vector
          registers[index] = flipbook_fma(value, row[vector], registers[index])
        }
      }
      weights += vectorCount
    }
  }
  for index in 0..<sumCount { sums[index] = registers[index] }
}
