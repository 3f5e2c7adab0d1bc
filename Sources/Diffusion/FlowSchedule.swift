/// Which noise levels a run visits.
///
/// Flow matching mixes clean latents and noise as `z = (1−σ)·x0 + σ·ε`, so that σ is the time of the
/// flow as well as the amount of noise: 1 is pure noise, 0 a clean sample (Lipman et al. 2022; Esser
/// et al. 2024, section 2).
///
/// The more tokens a clip has, the more noise it takes to hide it: neighbours tell the same thing
/// and average the noise away. At the same σ a larger clip is therefore less hidden, and the run
/// must spend more of its steps at high noise. Esser et al. (2024, on shifting timesteps with the resolution) derive
/// `σ = s·t / (1 + (s−1)·t)` with `s` growing with the square root of the number of tokens.
package struct FlowSchedule: Sendable, Equatable {
  /// The shift of a clip of `baseTokens` tokens.
  package let baseShift: Double
  /// The number of picture tokens at which the shift is `baseShift`.
  package let baseTokens: Int

  /// - Throws: `DiffusionError.parameter` unless both are positive and finite.
  package init(baseShift: Double, baseTokens: Int) throws(DiffusionError) {
    guard baseShift.isFinite, baseShift > 0 else {
      throw .parameter(
        name: "base shift", found: "\(baseShift)", expected: "a finite number above 0")
    }
    guard baseTokens > 0 else {
      throw .parameter(name: "base tokens", found: "\(baseTokens)", expected: "at least 1")
    }
    self.baseShift = baseShift
    self.baseTokens = baseTokens
  }

  /// The shift for a clip of `tokens` picture tokens: `baseShift · √(tokens / baseTokens)`.
  package func shift(tokens: Int) -> Double {
    precondition(tokens > 0, "a clip has at least one token")
    return baseShift * (Double(tokens) / Double(baseTokens)).squareRoot()
  }

  /// The `steps + 1` noise levels from 1 to 0, even in time and then shifted.
  ///
  /// - Parameters:
  ///   - shift: 1 leaves the levels even; more moves them up, towards the noise.
  ///   - start: the time at which the run begins, before the shift: less than 1 keeps something of
  ///     what is there (SDEdit, Meng et al. 2021).
  /// - Throws: `DiffusionError.parameter` unless `steps` is in 1 … 1,000, `shift` in 0.01 … 100 and
  ///   `start` above 0 and at most 1.
  package static func sigmas(
    steps: Int, shift: Double, from start: Double = 1
  ) throws(DiffusionError) -> [Double] {
    guard (1...1000).contains(steps) else {
      throw .parameter(name: "steps", found: "\(steps)", expected: "1 … 1000")
    }
    guard shift.isFinite, (0.01...100).contains(shift) else {
      throw .parameter(name: "shift", found: "\(shift)", expected: "0.01 … 100")
    }
    guard start > 0, start <= 1 else {
      throw .parameter(name: "strength", found: "\(start)", expected: "above 0, at most 1")
    }
    return (0...steps).map { step in
      // (s·t) / (s·t + (1−t)) is the same fraction, but exactly 1 and 0 at its ends.
      let signal = (1 - start) + start * (Double(step) / Double(steps))
      let noise = shift * (start * (Double(steps - step) / Double(steps)))
      return noise / (noise + signal)
    }
  }
}
