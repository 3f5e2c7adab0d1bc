import Synchronization

/// A part of a model that is loaded where it is first needed, by whichever thread needs it.
final class Deferred<Value: Sendable>: Sendable {
  private let value = Mutex<Value?>(nil)
  private let load: @Sendable () throws -> Value

  init(_ load: @escaping @Sendable () throws -> Value) { self.load = load }

  /// The part, loaded at the first call; a call that failed is made again.
  /// - Throws: what loading throws.
  func callAsFunction() throws -> Value {
    try value.withLock { value in
      if let value { return value }
      let new = try load()
      value = new
      return new
    }
  }
}
