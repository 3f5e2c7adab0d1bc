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
/// of 32 (NEON), 6 pixels × 1 vector, and the others of a block one after the other.
var hasWideRegisters: Bool { flipbook_compiled_features() & (1 << 5) != 0 }

/// Pixels of a register tile.
var tilePixels: Int { hasWideRegisters ? 8 : narrowTileRows }

/// Some rows of a kernel, and what they see.
struct KernelRows {
  /// For each of them the row of a padded frame that it sees of the first pixel.
  let inputs: UnsafeBufferPointer<UnsafeRawPointer>
  /// Groups that one row multiplies.
  let groups: Int
  /// `[rows, groups, vectors, 16]`.
  let weights: UnsafeRawPointer
}

/// The sums of a tile of `tilePixels` pixels × `vectors` vectors.
/// - Parameters:
///   - offsets: where in a row of `inputs` each pixel's window starts.
///   - sums: `[tilePixels, vectors]`, overwritten.
@inline(__always)
func convolveTile(
  format: ProductFormat, vectors: Int, _ rows: KernelRows, offsets: UnsafePointer<Int>,
  sums: UnsafeMutablePointer<Vector>
) {
  switch (format == .float32, hasWideRegisters, vectors) {
  case (true, true, 3): eightPixels(ThreeVectors<Float32Element>.self, rows, offsets, sums)
  case (true, true, 2): eightPixels(TwoVectors<Float32Element>.self, rows, offsets, sums)
  case (true, true, _): eightPixels(OneVector<Float32Element>.self, rows, offsets, sums)
  case (true, false, _): sixPixels(Float32Element.self, vectors, rows, offsets, sums)
  case (false, true, 3): eightPixels(ThreeVectors<BFloat16Element>.self, rows, offsets, sums)
  case (false, true, 2): eightPixels(TwoVectors<BFloat16Element>.self, rows, offsets, sums)
  case (false, true, _): eightPixels(OneVector<BFloat16Element>.self, rows, offsets, sums)
  case (false, false, _): sixPixels(BFloat16Element.self, vectors, rows, offsets, sums)
  }
}

// The sums of a tile are variables with names: those of an array, however short and constant its
// indices, are written to memory in every step.

/// The sums of one pixel.
private protocol PixelSums {
  /// A group of weights of every output.
  associatedtype Weights

  /// How many vectors it has.
  static var vectors: Int { get }
  /// Zeros.
  init()
  static func load(_ weights: UnsafeRawPointer) -> Weights
  /// Adds the products of one group of inputs.
  mutating func add(_ group: UnsafeRawPointer, _ weights: Weights)
  func store(_ pixel: Int, to sums: UnsafeMutablePointer<Vector>)
}

private let vectorByteCount = lanes * groupByteCount

private struct OneVector<Element: ProductElement>: PixelSums where Element.Sums == Vector {
  var first = Vector.zero

  @inline(__always) static var vectors: Int { 1 }

  @inline(__always)
  static func load(_ weights: UnsafeRawPointer) -> Element.Factors { Element.load(weights) }

  @inline(__always)
  mutating func add(_ group: UnsafeRawPointer, _ weights: Element.Factors) {
    first = Element.add(group.load(as: UInt32.self), times: weights, to: first)
  }

  @inline(__always)
  func store(_ pixel: Int, to sums: UnsafeMutablePointer<Vector>) { sums[pixel] = first }
}

private struct TwoVectors<Element: ProductElement>: PixelSums where Element.Sums == Vector {
  var first = Vector.zero
  var second = Vector.zero

  @inline(__always) static var vectors: Int { 2 }

  @inline(__always)
  static func load(_ weights: UnsafeRawPointer) -> (Element.Factors, Element.Factors) {
    (Element.load(weights), Element.load(weights + vectorByteCount))
  }

  @inline(__always)
  mutating func add(
    _ group: UnsafeRawPointer, _ weights: (Element.Factors, Element.Factors)
  ) {
    let group = group.load(as: UInt32.self)
    first = Element.add(group, times: weights.0, to: first)
    second = Element.add(group, times: weights.1, to: second)
  }

  @inline(__always)
  func store(_ pixel: Int, to sums: UnsafeMutablePointer<Vector>) {
    sums[2 &* pixel] = first
    sums[2 &* pixel &+ 1] = second
  }
}

private struct ThreeVectors<Element: ProductElement>: PixelSums where Element.Sums == Vector {
  var first = Vector.zero
  var second = Vector.zero
  var third = Vector.zero

  @inline(__always) static var vectors: Int { 3 }

  @inline(__always)
  static func load(
    _ weights: UnsafeRawPointer
  ) -> (Element.Factors, Element.Factors, Element.Factors) {
    (
      Element.load(weights), Element.load(weights + vectorByteCount),
      Element.load(weights + 2 * vectorByteCount)
    )
  }

  @inline(__always)
  mutating func add(
    _ group: UnsafeRawPointer, _ weights: (Element.Factors, Element.Factors, Element.Factors)
  ) {
    let group = group.load(as: UInt32.self)
    first = Element.add(group, times: weights.0, to: first)
    second = Element.add(group, times: weights.1, to: second)
    third = Element.add(group, times: weights.2, to: third)
  }

  @inline(__always)
  func store(_ pixel: Int, to sums: UnsafeMutablePointer<Vector>) {
    sums[3 &* pixel] = first
    sums[3 &* pixel &+ 1] = second
    sums[3 &* pixel &+ 2] = third
  }
}

@inline(never)
private func eightPixels<Pixel: PixelSums>(
  _: Pixel.Type, _ kernel: KernelRows, _ offsets: UnsafePointer<Int>,
  _ sums: UnsafeMutablePointer<Vector>
) {
  var (s0, s1, s2, s3) = (Pixel(), Pixel(), Pixel(), Pixel())
  var (s4, s5, s6, s7) = (Pixel(), Pixel(), Pixel(), Pixel())
  var weights = kernel.weights
  let byteCount = kernel.groups &* groupByteCount
  for frame in kernel.inputs {
    let (p0, p1, p2, p3) = (
      frame + offsets[0], frame + offsets[1], frame + offsets[2], frame + offsets[3]
    )
    let (p4, p5, p6, p7) = (
      frame + offsets[4], frame + offsets[5], frame + offsets[6], frame + offsets[7]
    )
    var group = 0
    while group < byteCount {
      let factors = Pixel.load(weights)
      s0.add(p0 + group, factors)
      s1.add(p1 + group, factors)
      s2.add(p2 + group, factors)
      s3.add(p3 + group, factors)
      s4.add(p4 + group, factors)
      s5.add(p5 + group, factors)
      s6.add(p6 + group, factors)
      s7.add(p7 + group, factors)
      weights += Pixel.vectors &* vectorByteCount
      group &+= groupByteCount
    }
  }
  s0.store(0, to: sums)
  s1.store(1, to: sums)
  s2.store(2, to: sums)
  s3.store(3, to: sums)
  s4.store(4, to: sums)
  s5.store(5, to: sums)
  s6.store(6, to: sums)
  s7.store(7, to: sums)
}

/// One vector after the other, which find the pixels in the first cache.
@inline(never)
private func sixPixels<Element: ProductElement>(
  _: Element.Type, _ vectors: Int, _ kernel: KernelRows, _ offsets: UnsafePointer<Int>,
  _ sums: UnsafeMutablePointer<Vector>
) {
  let step = vectors &* vectorByteCount
  for vector in 0..<vectors {
    var tile = NarrowTile<Element>()
    var weights = kernel.weights + vector &* vectorByteCount
    for frame in kernel.inputs {
      weights = tile.add(
        SixRows { frame + offsets[$0] }, byteCount: kernel.groups &* groupByteCount,
        weights: weights, step: step)
    }
    tile.store(to: sums + vector, stride: step)
  }
}
