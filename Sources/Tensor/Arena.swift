/// Scratch memory for activations: a bump allocator over one reserved region, so that nothing is
/// allocated in the step loop.
///
/// The region is address space only; a page becomes memory when it is first touched. One thread
/// takes tensors at a time. A tensor taken inside a scope must not be used after it.
package final class Arena: @unchecked Sendable {
  /// Where every tensor starts: a cache line, and one vector of sixteen Float32.
  package static let alignment = 64

  /// How much the arena was made for.
  package let byteCount: Int
  /// The most that was ever in use at once.
  package private(set) var peakByteCount = 0
  /// What is in use now.
  package private(set) var usedByteCount = 0

  private let storage: Storage

  /// Reserves `byteCount` bytes.
  /// - Throws: `TensorError.outOfMemory` where not even the addresses can be had.
  package init(byteCount: Int) throws(TensorError) {
    storage = try Storage(reserving: byteCount, purpose: "the activations")
    self.byteCount = byteCount
  }

  /// The bytes that a tensor of this shape takes here.
  package static func byteCount(of shape: [Int]) -> Int {
    let bytes = shape.reduce(MemoryLayout<Float>.stride, *)
    return (bytes + alignment - 1) / alignment * alignment
  }

  /// Uninitialised memory in the given shape, valid until the innermost scope ends.
  ///
  /// A region that is too small is a mistake of the plan that sized it, and ends the program.
  package func tensor(_ shape: [Int]) -> Tensor {
    let bytes = Arena.byteCount(of: shape)
    precondition(
      bytes <= byteCount - usedByteCount,
      "the activation plan of \(byteCount) bytes is too small: "
        + "\(usedByteCount) in use, \(bytes) asked for by a tensor of shape \(shape)")
    let offset = usedByteCount
    usedByteCount += bytes
    peakByteCount = max(peakByteCount, usedByteCount)
    do throws(TensorError) {
      return try Tensor(shape, in: storage, byteOffset: offset)
    } catch {
      preconditionFailure("\(error)")
    }
  }

  /// Runs `body` and frees whatever it took from the arena.
  ///
  /// A result that shall outlive the scope is taken before it, and written to inside.
  package func scope<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
    let mark = usedByteCount
    defer { usedByteCount = mark }
    return try body()
  }
}
