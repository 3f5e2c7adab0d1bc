import CSIMD

/// Sixteen numbers at a time: the width that every kernel here is written for.
typealias Vector = SIMD16<Float>

/// How many lanes a `Vector` has.
let lanes = 16

extension Vector {
  /// The sixteen numbers from `pointer` on, at any alignment.
  @inline(__always)
  init(loading pointer: UnsafePointer<Float>) {
    self = UnsafeRawPointer(pointer).loadUnaligned(as: Vector.self)
  }

  /// The first `count` numbers from `pointer` on, and zeros.
  @inline(__always)
  init(loading pointer: UnsafePointer<Float>, count: Int) {
    self = Vector(repeating: 0)
    for lane in 0..<count { self[lane] = pointer[lane] }
  }

  @inline(__always)
  func store(to pointer: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: self, as: Vector.self)
  }

  /// Writes the first `count` lanes.
  @inline(__always)
  func store(to pointer: UnsafeMutablePointer<Float>, count: Int) {
    for lane in 0..<count { pointer[lane] = self[lane] }
  }
}

/// Loads, transforms and stores `count` numbers, the last few of them in a vector filled with zeros.
@inline(__always)
func mapVectors(
  _ source: UnsafePointer<Float>, _ destination: UnsafeMutablePointer<Float>, count: Int,
  _ transform: (_ values: Vector, _ offset: Int, _ valid: Int) -> Vector
) {
  var offset = 0
  while offset + lanes <= count {
    transform(Vector(loading: source + offset), offset, lanes).store(to: destination + offset)
    offset += lanes
  }
  if offset < count {
    let rest = count - offset
    transform(Vector(loading: source + offset, count: rest), offset, rest)
      .store(to: destination + offset, count: rest)
  }
}

/// A parameter vector at an offset that `mapVectors` gave.
@inline(__always)
func load(_ pointer: UnsafePointer<Float>, _ offset: Int, _ valid: Int) -> Vector {
  valid == lanes
    ? Vector(loading: pointer + offset) : Vector(loading: pointer + offset, count: valid)
}
