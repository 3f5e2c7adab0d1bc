import Tensor

/// Something that can be run again and again, and what one run of it does.
///
/// The bodies live here because they need what the package's modules share; timing, statistics and
/// tables belong to the program in `Benchmarks`.
public struct Benchmark {
  /// What one run does, by which its speed is told.
  public enum Work: Sendable, Equatable {
    /// Floating-point operations, a multiplication with its addition counted as two.
    case operations(Double)
    /// Bytes that must be read or written at least: every input once, every output once.
    case bytes(Double)
    /// Things of another kind, `frames`.
    case items(Double, of: String)
  }

  /// What the hardware allows at most; measured, by `arithmeticLimit` and `memoryLimit`.
  public enum Limit: Sendable, Hashable {
    /// Multiply-adds in registers, of Float32.
    case arithmetic
    /// Of pairs of bfloat16, sums in Float32.
    case bfloat16Arithmetic
    /// Of fours of bytes, sums in Int32.
    case int8Arithmetic
    /// As many bytes through a loop that only reads and writes; in place, where the kernel is.
    case memory(bytes: Int, inPlace: Bool)
    /// None that could be measured by a loop.
    case unknown
  }

  /// `GROUP/NAME`.
  public let name: String
  /// The shapes, for people.
  public let shape: String
  public let work: Work
  public let limit: Limit
  /// The name of a benchmark that does the same on the same shape, to be compared with.
  public let reference: String?
  /// Whether more than one thread can take part.
  public let isParallel: Bool
  /// Makes what a run needs for a number of threads, and gives the run. Whatever it made is freed
  /// with the closure.
  public let prepare: (_ threads: Int) throws -> () throws -> Void

  init(
    _ name: String, shape: String, work: Work, limit: Limit, reference: String? = nil,
    isParallel: Bool = true, prepare: @escaping (_ threads: Int) throws -> () throws -> Void
  ) {
    self.name = name
    self.shape = shape
    self.work = work
    self.limit = limit
    self.reference = reference
    self.isParallel = isParallel
    self.prepare = prepare
  }
}

extension Benchmark {
  /// A benchmark whose speed is that of its arithmetic, which is in one precision: that is part of its name,
  /// and what the processor does in it at most is its limit.
  static func arithmetic(
    _ name: String, in precision: ComputePrecision = .f32, shape: String, operations: Double,
    reference: String? = nil, isParallel: Bool = true,
    prepare: @escaping (_ threads: Int) throws -> () throws -> Void
  ) -> Benchmark {
    Benchmark(
      name + suffix(precision), shape: shape, work: .operations(operations),
      limit: Limit(precision), reference: reference, isParallel: isParallel, prepare: prepare)
  }

  /// A benchmark whose speed is that of the memory.
  /// - Parameter floats: how many Float32 are read and written, together.
  static func memory(
    _ name: String, shape: String, floats: Int, inPlace: Bool = false, isParallel: Bool = true,
    prepare: @escaping (_ threads: Int) throws -> () throws -> Void
  ) -> Benchmark {
    let bytes = floats * MemoryLayout<Float>.stride
    return Benchmark(
      name, shape: shape, work: .bytes(Double(bytes)),
      limit: .memory(bytes: bytes, inPlace: inPlace), isParallel: isParallel, prepare: prepare)
  }
}

/// The dimensions of an array as the table prints them: `448×256`.
func dimensions(_ shape: [Int]) -> String { shape.map(String.init).joined(separator: "×") }

/// What is added to the name of a row that computes in another precision than Float32.
func suffix(_ precision: ComputePrecision) -> String {
  precision == .f32 ? "" : "-\(precision.rawValue)"
}

extension Benchmark.Limit {
  /// What the processor does at most in a precision.
  fileprivate init(_ precision: ComputePrecision) {
    self =
      switch precision {
      case .f32: .arithmetic
      case .bf16: .bfloat16Arithmetic
      case .int8: .int8Arithmetic
      }
  }
}
