// Loops that do nothing but what a processor can do fastest: the limits that kernels are held to.

import CSIMD

/// Multiplies and adds in registers alone: no loop that multiplies can be faster.
///
/// The chains are many enough to hide the latency of the instruction, and few enough to stay in
/// registers, whose number differs: see `hasWideRegisters`.
/// - Parameters:
///   - rounds: how often each chain goes on.
///   - result: sixteen numbers, written so that no compiler leaves the loop out.
@inline(never)
package func multiplyAddInRegisters(
  rounds: Int, into result: UnsafeMutablePointer<Float>
) {
  if hasWideRegisters {
    multiplyAddTwelve(rounds: rounds, into: result)
  } else {
    multiplyAddFive(rounds: rounds, into: result)
  }
}

/// The floating-point operations of one round of `multiplyAddInRegisters`, a multiplication with its
/// addition counted as two.
package var multiplyAddOperations: Int { (hasWideRegisters ? 12 : 5) * lanes * 2 }

/// `destination[i] = source[i] · factor`: STREAM's Scale (McCalpin 1995), the least that a kernel does
/// that reads and writes every number once. Source and destination may be the same memory.
@inline(never)
package func scaleVectors(
  _ source: UnsafePointer<Float>, by factor: Float, into destination: UnsafeMutablePointer<Float>,
  count: Int
) {
  let factor = Vector(repeating: factor)
  mapVectors(source, destination, count: count) { values, _, _ in values * factor }
}

// Each chain runs towards 1, so that no number overflows or becomes denormal.

private var chainFactor: Vector { @inline(__always) get { Vector(repeating: 0.75) } }
private var chainTerm: Vector { @inline(__always) get { Vector(repeating: 0.25) } }

private func multiplyAddTwelve(rounds: Int, into result: UnsafeMutablePointer<Float>) {
  let (factor, term) = (chainFactor, chainTerm)
  var a0 = Vector(repeating: 0)
  var a1 = Vector(repeating: 1)
  var a2 = Vector(repeating: 2)
  var a3 = Vector(repeating: 3)
  var a4 = Vector(repeating: 4)
  var a5 = Vector(repeating: 5)
  var a6 = Vector(repeating: 6)
  var a7 = Vector(repeating: 7)
  var a8 = Vector(repeating: 8)
  var a9 = Vector(repeating: 9)
  var a10 = Vector(repeating: 10)
  var a11 = Vector(repeating: 11)
  for _ in 0..<rounds {
    a0 = flipbook_fma(a0, factor, term)
    a1 = flipbook_fma(a1, factor, term)
    a2 = flipbook_fma(a2, factor, term)
    a3 = flipbook_fma(a3, factor, term)
    a4 = flipbook_fma(a4, factor, term)
    a5 = flipbook_fma(a5, factor, term)
    a6 = flipbook_fma(a6, factor, term)
    a7 = flipbook_fma(a7, factor, term)
    a8 = flipbook_fma(a8, factor, term)
    a9 = flipbook_fma(a9, factor, term)
    a10 = flipbook_fma(a10, factor, term)
    a11 = flipbook_fma(a11, factor, term)
  }
  let sum = (a0 + a1 + a2) + (a3 + a4 + a5) + (a6 + a7 + a8) + (a9 + a10 + a11)
  sum.store(to: result)
}

private func multiplyAddFive(rounds: Int, into result: UnsafeMutablePointer<Float>) {
  let (factor, term) = (chainFactor, chainTerm)
  var a0 = Vector(repeating: 0)
  var a1 = Vector(repeating: 1)
  var a2 = Vector(repeating: 2)
  var a3 = Vector(repeating: 3)
  var a4 = Vector(repeating: 4)
  for _ in 0..<rounds {
    a0 = flipbook_fma(a0, factor, term)
    a1 = flipbook_fma(a1, factor, term)
    a2 = flipbook_fma(a2, factor, term)
    a3 = flipbook_fma(a3, factor, term)
    a4 = flipbook_fma(a4, factor, term)
  }
  ((a0 + a1) + (a2 + a3) + a4).store(to: result)
}
