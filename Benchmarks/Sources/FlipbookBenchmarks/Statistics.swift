/// Several measurements of one thing. The median stands for them, since other programs can only make
/// a run slower; the spread says how far to trust it.
struct Statistics: Sendable {
  /// Seconds a call, in the order in which they were taken.
  let samples: [Double]
  let median: Double
  let minimum: Double
  let maximum: Double

  /// - Parameter samples: at least one.
  init(_ samples: [Double]) {
    precondition(!samples.isEmpty, "no measurement")
    self.samples = samples
    let sorted = samples.sorted()
    let middle = sorted.count / 2
    median =
      sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    minimum = sorted[0]
    maximum = sorted[sorted.count - 1]
  }
}
