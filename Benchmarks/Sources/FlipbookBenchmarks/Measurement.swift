import Bench

/// How long a benchmark takes.
struct Measurement {
  let name: String
  let shape: String
  let work: Benchmark.Work
  let threads: Int
  /// Calls in each measurement.
  let calls: Int
  /// Seconds a call.
  let statistics: Statistics

  /// Prepares, warms up, and measures.
  /// - Parameters:
  ///   - runs: how many measurements.
  ///   - sampleSeconds: how long one takes at least.
  ///   - warmUpSeconds: how long the body runs before; once at least.
  init(
    _ benchmark: Benchmark, threads: Int, runs: Int, sampleSeconds: Double, warmUpSeconds: Double
  ) throws {
    let body = try benchmark.prepare(threads)
    // The first call touches memory for the first time and tells nothing of the others.
    var warmUp = (seconds: try Self.seconds(calls: 1, body), calls: 1)
    if warmUp.seconds < warmUpSeconds { warmUp = (0, 0) }
    while warmUp.seconds < warmUpSeconds {
      warmUp.seconds += try Self.seconds(calls: 1, body)
      warmUp.calls += 1
    }
    let calls = max(1, Int((sampleSeconds * Double(warmUp.calls) / warmUp.seconds).rounded(.up)))
    var samples: [Double] = []
    for _ in 0..<runs {
      samples.append(try Self.seconds(calls: calls, body) / Double(calls))
    }
    name = benchmark.name
    shape = benchmark.shape
    work = benchmark.work
    self.threads = threads
    self.calls = calls
    statistics = Statistics(samples)
  }

  /// Operations, bytes or things a second, by the median.
  var rate: Double { amount / statistics.median }
  /// The same in the fastest measurement: what a limit is.
  var fastestRate: Double { amount / statistics.minimum }

  private var amount: Double {
    switch work {
    case .operations(let count), .bytes(let count), .items(let count, _): count
    }
  }

  /// How long so many calls take.
  static func seconds(calls: Int, _ body: () throws -> Void) throws -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    for _ in 0..<calls { try body() }
    return (clock.now - start) / .seconds(1)
  }
}

/// A measurement, and what it is set against.
struct Comparison {
  let measurement: Measurement
  /// What the hardware allows, in the unit of the measurement's rate.
  var limitRate: Double?
  /// The name of the row that does the same in another way.
  var reference: String?
  /// The speed in speeds of that row; nil where it was not measured.
  var referenceShare: Double?

  /// The speed in speeds of the hardware.
  var limitShare: Double? { limitRate.map { measurement.rate / $0 } }
}
