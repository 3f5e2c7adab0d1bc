import Bench

/// Runs benchmarks and keeps what the hardware was found to allow.
struct Runner {
  /// How long one measurement takes at least: short bodies are called as often as that needs, so that
  /// neither the clock nor one interruption decides.
  private static let sampleSeconds = 0.01
  /// How long a body is run before it is measured: caches, page tables, clock frequency, threads.
  private static let warmUpSeconds = 0.1

  /// How often a limit is measured at least: the fastest counts, as nothing but the hardware bounds it.
  private static let limitRuns = 15

  let runs: Int

  private var measuredLimits: [LimitKey: Measurement] = [:]
  /// Seconds of rows that other rows are compared with.
  private var measuredRows: [RowKey: Double] = [:]

  private struct LimitKey: Hashable {
    let limit: Benchmark.Limit
    let threads: Int
  }

  private struct RowKey: Hashable {
    let name: String
    let threads: Int
  }

  init(runs: Int) { self.runs = runs }

  /// Measures a benchmark and sets it against its limit, which is measured first where it is not
  /// known yet.
  mutating func result(of benchmark: Benchmark, threads: Int) throws -> Comparison {
    let limit = try limit(benchmark.limit, threads: threads)
    let measurement = try Measurement(
      benchmark, threads: threads, runs: runs, sampleSeconds: Self.sampleSeconds,
      warmUpSeconds: Self.warmUpSeconds)
    let median = measurement.statistics.median
    measuredRows[RowKey(name: benchmark.name, threads: threads)] = median
    let reference = benchmark.reference.flatMap {
      measuredRows[RowKey(name: $0, threads: threads)]
    }
    return Comparison(
      measurement: measurement, limitRate: limit?.fastestRate, reference: benchmark.reference,
      referenceShare: reference.map { $0 / median })
  }

  /// What the hardware does at most: multiply-adds in registers, and memory far beyond the caches.
  mutating func limits(threads counts: [Int]) throws -> [Comparison] {
    var results: [Comparison] = []
    for limit in [
      Benchmark.Limit.arithmetic, .bfloat16Arithmetic, .int8Arithmetic,
      .memory(bytes: 256 << 20, inPlace: false),
    ] {
      for threads in counts {
        guard let measured = try self.limit(limit, threads: threads) else { continue }
        results.append(Comparison(measurement: measured))
      }
    }
    return results
  }

  private mutating func limit(
    _ limit: Benchmark.Limit, threads: Int
  ) throws -> Measurement? {
    let key = LimitKey(limit: limit, threads: threads)
    if let known = measuredLimits[key] { return known }
    let benchmark: Benchmark
    switch limit {
    case .arithmetic: benchmark = arithmeticLimit()
    case .bfloat16Arithmetic: benchmark = bfloat16ArithmeticLimit()
    case .int8Arithmetic: benchmark = int8ArithmeticLimit()
    case .memory(let bytes, let inPlace): benchmark = memoryLimit(bytes: bytes, inPlace: inPlace)
    case .unknown: return nil
    }
    let measurement = try Measurement(
      benchmark, threads: threads, runs: max(runs, Self.limitRuns),
      sampleSeconds: Self.sampleSeconds, warmUpSeconds: Self.warmUpSeconds)
    measuredLimits[key] = measurement
    return measurement
  }
}
