/// Numbers of bfloat16 as they lie in a file, read-only, aligned to nothing.
package struct BFloat16Values: @unchecked Sendable {
  /// How many there are.
  package let count: Int
  private let bytes: UnsafeRawPointer
  private let owner: AnyObject

  /// - Parameters:
  ///   - bytes: `count` numbers.
  ///   - owner: what keeps them alive.
  package init(_ bytes: UnsafeRawPointer, count: Int, owner: AnyObject) {
    self.bytes = bytes
    self.count = count
    self.owner = owner
  }

  /// Calls `body` with where the number `index` begins.
  package func withPointer<R>(to index: Int, _ body: (UnsafeRawPointer) -> R) -> R {
    precondition((0...count).contains(index), "number \(index) of \(count)")
    return withExtendedLifetime(owner) { body(bytes + index * MemoryLayout<UInt16>.stride) }
  }
}
