package import Tensor

/// Classifier-free guidance (Ho & Salimans 2022) and three remedies for what it spoils.
///
/// ```
/// guided = u + scale·(c − u)        c: with the prompt, u: with the negative prompt
/// ```
package struct Guidance: Sendable, Equatable {
  /// How far to go from the negative prompt to the prompt and beyond: 1 is the prompt alone.
  package let scale: Double
  /// The noise levels σ at which the guidance acts; outside the prompt alone is followed, at half
  /// the cost. At high noise guidance takes variety away, at low noise it does nothing
  /// (Kynkäänniemi et al. 2024).
  package let interval: ClosedRange<Double>
  /// The noise level σ above which `u` knows nothing of given frames either, so that guidance leads towards these as
  /// much as towards the prompt (two conditions of one scale: Brooks et al. 2022, arXiv 2211.09800, section 3.2.1);
  /// 1: never. While the layout is decided it makes a clip go on with what is given; at low noise it would sharpen
  /// what differs.
  package let givenAbove: Double
  /// φ, from 0 to 1: how much of the contrast that guidance adds is taken back, by giving the guided
  /// velocity the standard deviation of the conditional one (Lin et al. 2023, section 3.4).
  package let rescale: Double
  /// Whether `u` is first scaled by `⟨c, u⟩ / ‖u‖²`, its best fit to `c`, since early in a run and
  /// in a small model `u` is far off (CFG-Zero*: Fan et al. 2025, arXiv 2503.18886).
  package let zeroStar: Bool
  /// How many steps at the start of the run the velocity is taken to be zero, the other half of
  /// CFG-Zero*: the first velocities of a small model are worse than none. For the
  /// sampler's `heldSteps`.
  package let zeroSteps: Int

  /// - Throws: `DiffusionError.parameter` unless `scale` is in 0 … 100, `interval` within 0 … 1,
  ///   `givenAbove` and `rescale` in 0 … 1 and `zeroSteps` at least 0.
  package init(
    scale: Double, interval: ClosedRange<Double> = 0...1, givenAbove: Double = 1,
    rescale: Double = 0, zeroStar: Bool = false, zeroSteps: Int = 0
  ) throws(DiffusionError) {
    guard scale.isFinite, (0...100).contains(scale) else {
      throw .parameter(name: "guidance scale", found: "\(scale)", expected: "0 … 100")
    }
    guard interval.lowerBound >= 0, interval.upperBound <= 1 else {
      throw .parameter(
        name: "guidance interval", found: "\(interval)", expected: "two noise levels in 0 … 1")
    }
    guard givenAbove.isFinite, (0...1).contains(givenAbove) else {
      throw .parameter(
        name: "guidance to given frames", found: "\(givenAbove)", expected: "a noise level in 0 … 1"
      )
    }
    guard rescale.isFinite, (0...1).contains(rescale) else {
      throw .parameter(name: "guidance rescale", found: "\(rescale)", expected: "0 … 1")
    }
    guard zeroSteps >= 0 else {
      throw .parameter(name: "guidance zero steps", found: "\(zeroSteps)", expected: "at least 0")
    }
    self.scale = scale
    self.interval = interval
    self.givenAbove = givenAbove
    self.rescale = rescale
    self.zeroStar = zeroStar
    self.zeroSteps = zeroSteps
  }

  /// Whether the velocity of the negative prompt is needed at a noise level.
  package func acts(at sigma: Double) -> Bool {
    scale != 1 && interval.contains(sigma)
  }

  /// Whether the velocity of the negative prompt is that of a clip to which nothing is given, at a noise level.
  package func leavesGivenOut(at sigma: Double) -> Bool { sigma > givenAbove }

  /// Overwrites the conditional velocity with the guided one. Both have the same shape and belong to
  /// one clip; the sums run in Float64 and in one order, so that equal input gives equal bits.
  package func combine(conditional: Tensor, unconditional: Tensor) {
    precondition(conditional.shape == unconditional.shape, "velocities of different shapes")
    let (c, u) = (conditional.pointer, unconditional.pointer)
    let count = conditional.count

    let projection = zeroStar ? Self.projection(of: c, on: u, count) : 1
    let contrast = rescale > 0 ? Self.deviation(c, count) : 1
    let (scale, fit) = (Float(scale), Float(projection))
    for index in 0..<count {
      let base = fit * u[index]
      c[index] = base + scale * (c[index] - base)
    }
    guard rescale > 0 else { return }
    let guidedContrast = Self.deviation(c, count)
    guard guidedContrast > 0 else { return }
    let factor = Float(rescale * contrast / guidedContrast + (1 - rescale))
    for index in 0..<count { c[index] *= factor }
  }

  /// `⟨c, u⟩ / ‖u‖²`, and 1 where `u` is zero and there is nothing to scale.
  private static func projection(
    of c: UnsafeMutablePointer<Float>, on u: UnsafeMutablePointer<Float>, _ count: Int
  ) -> Double {
    var (dot, square) = (0.0, 0.0)
    for index in 0..<count {
      dot += Double(c[index]) * Double(u[index])
      square += Double(u[index]) * Double(u[index])
    }
    return square > 0 ? dot / square : 1
  }

  private static func deviation(_ values: UnsafeMutablePointer<Float>, _ count: Int) -> Double {
    var sum = 0.0
    for index in 0..<count { sum += Double(values[index]) }
    let mean = sum / Double(count)
    var squares = 0.0
    for index in 0..<count {
      let difference = Double(values[index]) - mean
      squares += difference * difference
    }
    return (squares / Double(count)).squareRoot()
  }
}
