import CSIMD

/// Sums of four rows (a, b, c, d) by sixty-four columns, held in sixteen registers.
///
/// Sixteen independent sums hide the latency of the multiply-add; four loads and four broadcasts
/// feed sixteen of them.
struct Tile4 {
  var a0 = Vector(repeating: 0)
  var a1 = Vector(repeating: 0)
  var a2 = Vector(repeating: 0)
  var a3 = Vector(repeating: 0)
  var b0 = Vector(repeating: 0)
  var b1 = Vector(repeating: 0)
  var b2 = Vector(repeating: 0)
  var b3 = Vector(repeating: 0)
  var c0 = Vector(repeating: 0)
  var c1 = Vector(repeating: 0)
  var c2 = Vector(repeating: 0)
  var c3 = Vector(repeating: 0)
  var d0 = Vector(repeating: 0)
  var d1 = Vector(repeating: 0)
  var d2 = Vector(repeating: 0)
  var d3 = Vector(repeating: 0)

  @inline(__always)
  init() {}

  /// Adds the product of a column of four numbers and a row of sixty-four.
  @inline(__always)
  mutating func add(_ a: Float, _ b: Float, _ c: Float, _ d: Float, _ row: UnsafePointer<Float>) {
    let r0 = Vector(loading: row)
    let r1 = Vector(loading: row + lanes)
    let r2 = Vector(loading: row + 2 * lanes)
    let r3 = Vector(loading: row + 3 * lanes)
    let a = Vector(repeating: a)
    a0 = flipbook_fma(a, r0, a0)
    a1 = flipbook_fma(a, r1, a1)
    a2 = flipbook_fma(a, r2, a2)
    a3 = flipbook_fma(a, r3, a3)
    let b = Vector(repeating: b)
    b0 = flipbook_fma(b, r0, b0)
    b1 = flipbook_fma(b, r1, b1)
    b2 = flipbook_fma(b, r2, b2)
    b3 = flipbook_fma(b, r3, b3)
    let c = Vector(repeating: c)
    c0 = flipbook_fma(c, r0, c0)
    c1 = flipbook_fma(c, r1, c1)
    c2 = flipbook_fma(c, r2, c2)
    c3 = flipbook_fma(c, r3, c3)
    let d = Vector(repeating: d)
    d0 = flipbook_fma(d, r0, d0)
    d1 = flipbook_fma(d, r1, d1)
    d2 = flipbook_fma(d, r2, d2)
    d3 = flipbook_fma(d, r3, d3)
  }

  /// The same for the first thirty-two columns alone.
  @inline(__always)
  mutating func addNarrow(
    _ a: Float, _ b: Float, _ c: Float, _ d: Float, _ row: UnsafePointer<Float>
  ) {
    let r0 = Vector(loading: row)
    let r1 = Vector(loading: row + lanes)
    a0 = flipbook_fma(Vector(repeating: a), r0, a0)
    a1 = flipbook_fma(Vector(repeating: a), r1, a1)
    b0 = flipbook_fma(Vector(repeating: b), r0, b0)
    b1 = flipbook_fma(Vector(repeating: b), r1, b1)
    c0 = flipbook_fma(Vector(repeating: c), r0, c0)
    c1 = flipbook_fma(Vector(repeating: c), r1, c1)
    d0 = flipbook_fma(Vector(repeating: d), r0, d0)
    d1 = flipbook_fma(Vector(repeating: d), r1, d1)
  }

  /// The same for the first sixteen columns alone.
  @inline(__always)
  mutating func addSingle(
    _ a: Float, _ b: Float, _ c: Float, _ d: Float, _ row: UnsafePointer<Float>
  ) {
    let r0 = Vector(loading: row)
    a0 = flipbook_fma(Vector(repeating: a), r0, a0)
    b0 = flipbook_fma(Vector(repeating: b), r0, b0)
    c0 = flipbook_fma(Vector(repeating: c), r0, c0)
    d0 = flipbook_fma(Vector(repeating: d), r0, d0)
  }

  /// Takes over four rows, each times its factor.
  ///
  /// `width` (1, 2 or 4 vectors) is a constant where this is inlined.
  @inline(__always)
  mutating func load(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafePointer<Float>,
    _ d: UnsafePointer<Float>, width: Int, times fa: Float, _ fb: Float, _ fc: Float, _ fd: Float
  ) {
    a0 = Vector(loading: a) * fa
    b0 = Vector(loading: b) * fb
    c0 = Vector(loading: c) * fc
    d0 = Vector(loading: d) * fd
    guard width > 1 else { return }
    a1 = Vector(loading: a + lanes) * fa
    b1 = Vector(loading: b + lanes) * fb
    c1 = Vector(loading: c + lanes) * fc
    d1 = Vector(loading: d + lanes) * fd
    guard width > 2 else { return }
    a2 = Vector(loading: a + 2 * lanes) * fa
    b2 = Vector(loading: b + 2 * lanes) * fb
    c2 = Vector(loading: c + 2 * lanes) * fc
    d2 = Vector(loading: d + 2 * lanes) * fd
    a3 = Vector(loading: a + 3 * lanes) * fa
    b3 = Vector(loading: b + 3 * lanes) * fb
    c3 = Vector(loading: c + 3 * lanes) * fc
    d3 = Vector(loading: d + 3 * lanes) * fd
  }

  @inline(__always)
  func store(
    _ a: UnsafeMutablePointer<Float>, _ b: UnsafeMutablePointer<Float>,
    _ c: UnsafeMutablePointer<Float>, _ d: UnsafeMutablePointer<Float>, width: Int
  ) {
    a0.store(to: a)
    b0.store(to: b)
    c0.store(to: c)
    d0.store(to: d)
    guard width > 1 else { return }
    a1.store(to: a + lanes)
    b1.store(to: b + lanes)
    c1.store(to: c + lanes)
    d1.store(to: d + lanes)
    guard width > 2 else { return }
    a2.store(to: a + 2 * lanes)
    b2.store(to: b + 2 * lanes)
    c2.store(to: c + 2 * lanes)
    d2.store(to: d + 2 * lanes)
    a3.store(to: a + 3 * lanes)
    b3.store(to: b + 3 * lanes)
    c3.store(to: c + 3 * lanes)
    d3.store(to: d + 3 * lanes)
  }
}
