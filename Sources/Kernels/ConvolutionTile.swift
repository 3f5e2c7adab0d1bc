import CSIMD

// The innermost loop of the convolution: a tile of pixels × vectors of 16 output channels whose sums
// stay in registers over a few rows of the kernel and all input channels.
//
// A step takes one group of every pixel and the block's weights for it: with 8 pixels and 3 vectors
// eleven loads for 24 multiply-adds, which is less than the two a cycle that processors load. The
// pixels of a tile are eight offsets from one base, the same for every row of the kernel, so that
// narrow frames and tiles that run over the end of a row need no case of their own.

/// Whether a register holds a whole `Vector` and there are 32 of them: AVX-512. The tile is then
/// 8 pixels × 1, 2 or 3 vectors; elsewhere, where a vector takes two registers of 16 (AVX) or four
/// of 32 (NEON), 6 pixels × 1 vector.
var hasWideRegisters: Bool { flipbook_compiled_features() & (1 << 5) != 0 }

/// Pixels of a register tile.
var tilePixels: Int { hasWideRegisters ? 8 : 6 }

/// Some rows of a kernel, and what they see of a frame.
struct KernelRows {
  /// The padded frame, at the row of it that the first row of the kernel sees of the first pixel.
  let frame: UnsafeRawPointer
  /// From a row of the frame to the next.
  let rowByteCount: Int
  let rows: Int
  /// Groups that one row multiplies.
  let groups: Int
  /// `[rows, groups, vectors, 16]`.
  let weights: UnsafeRawPointer
}

/// The sums of a tile of `tilePixels` pixels × `vectors` vectors.
/// - Parameters:
///   - offsets: where in the frame each pixel's window starts.
///   - sums: `[tilePixels, vectors]`, overwritten.
@inline(__always)
func convolveTile(
  format: ProductFormat, vectors: Int, _ rows: KernelRows, offsets: UnsafePointer<Int>,
  sums: UnsafeMutablePointer<Vector>
) {
  switch (format == .float32, hasWideRegisters, vectors) {
  case (true, true, 3): float8x3(rows, offsets, sums)
  case (true, true, 2): float8x2(rows, offsets, sums)
  case (true, true, _): float8x1(rows, offsets, sums)
  case (true, false, _): float6x1(rows, offsets, sums)
  case (false, true, 3): pairs8x3(rows, offsets, sums)
  case (false, true, 2): pairs8x2(rows, offsets, sums)
  case (false, true, _): pairs8x1(rows, offsets, sums)
  case (false, false, _): pairs6x1(rows, offsets, sums)
  }
}

private typealias Sums = UnsafeMutablePointer<Vector>

@inline(never)
private func float8x3(_ rows: KernelRows, _ offsets: UnsafePointer<Int>, _ sums: Sums) {
  tile(
    Float32Element.self, InlineArray<8, Void>.self, InlineArray<3, Void>.self,
    InlineArray<24, Void>.self, rows, offsets, sums)
}

@inline(never)
private func float8x2(_ rows: KernelRows, _ offsets: UnsafePointer<Int>, _ sums: Sums) {
  tile(
    Float32Element.self, InlineArray<8, Void>.self, InlineArray<2, Void>.self,
    InlineArray<16, Void>.self, rows, offsets, sums)
}

@inline(never)
private func float8x1(_ rows: KernelRows, _ offsets: UnsafePointer<Int>, _ sums: Sums) {
  tile(
    Float32Element.self, InlineArray<8, Void>.self, InlineArray<1, Void>.self,
    InlineArray<8, Void>.self, rows, offsets, sums)
}

@inline(never)
private func float6x1(_ rows: KernelRows, _ offsets: UnsafePointer<Int>, _ sums: Sums) {
  tile(
    Float32Element.self, InlineArray<6, Void>.self, InlineArray<1, Void>.self,
    InlineArray<6, Void>.self, rows, offsets, sums)
}

@inline(never)
private func pairs8x3(_ rows: KernelRows, _ offsets: UnsafePointer<Int>, _ sums: Sums) {
  tile(
    BFloat16Element.self, InlineArray<8, Void>.self, InlineArray<3, Void>.self,
    InlineArray<24, Void>.self, rows, offsets, sums)
}

@inline(never)
private func pairs8x2(_ rows: KernelRows, _ offsets: UnsafePointer<Int>, _ sums: Sums) {
  tile(
    BFloat16Element.self, InlineArray<8, Void>.self, InlineArray<2, Void>.self,
    InlineArray<16, Void>.self, rows, offsets, sums)
}

@inline(never)
private func pairs8x1(_ rows: KernelRows, _ offsets: UnsafePointer<Int>, _ sums: Sums) {
  tile(
    BFloat16Element.self, InlineArray<8, Void>.self, InlineArray<1, Void>.self,
    InlineArray<8, Void>.self, rows, offsets, sums)
}

@inline(never)
private func pairs6x1(_ rows: KernelRows, _ offsets: UnsafePointer<Int>, _ sums: Sums) {
  tile(
    BFloat16Element.self, InlineArray<6, Void>.self, InlineArray<1, Void>.self,
    InlineArray<6, Void>.self, rows, offsets, sums)
}

/// The tile itself. Its first four arguments carry the arithmetic and the sizes as types, so that
/// every loop over them is unrolled and every element is a register.
@inline(__always)
private func tile<
  Element: ProductElement, let pixelCount: Int, let vectorCount: Int, let sumCount: Int
>(
  _: Element.Type, _: InlineArray<pixelCount, Void>.Type, _: InlineArray<vectorCount, Void>.Type,
  _: InlineArray<sumCount, Void>.Type, _ kernel: KernelRows, _ offsets: UnsafePointer<Int>,
  _ sums: Sums
) where Element.Sums == Vector {
  var pixels = InlineArray<pixelCount, UnsafeRawPointer>(repeating: kernel.frame)
  var registers = InlineArray<sumCount, Vector>(repeating: .zero)
  var weights = kernel.weights
  var row = InlineArray<vectorCount, Element.Factors>(repeating: Element.load(weights))
  var frame = kernel.frame
  for _ in 0..<kernel.rows {
    for pixel in 0..<pixelCount { pixels[unchecked: pixel] = frame + offsets[pixel] }
    for group in 0..<kernel.groups {
      for vector in 0..<vectorCount {
        row[unchecked: vector] = Element.load(weights + vector * lanes * groupByteCount)
      }
      for pixel in 0..<pixelCount {
        let value = pixels[unchecked: pixel].load(
          fromByteOffset: group * groupByteCount, as: UInt32.self)
        for vector in 0..<vectorCount {
          let index = pixel * vectorCount + vector
          registers[unchecked: index] = Element.add(
            value, times: row[unchecked: vector], to: registers[unchecked: index])
        }
      }
      weights += vectorCount * lanes * groupByteCount
    }
    frame += kernel.rowByteCount
  }
  for index in 0..<sumCount { sums[index] = registers[unchecked: index] }
}
