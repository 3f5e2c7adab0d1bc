import Glibc

/// A point on the path `z = α·x0 + σ·ε` of flow matching, where `α = 1 − σ`.
struct NoiseLevel {
  let sigma: Double

  /// The share of the clean sample.
  var alpha: Double { 1 - sigma }

  /// Half the logarithm of the signal-to-noise ratio, `log(α/σ)`: the time in which the solvers of
  /// the DPM family work. It is −∞ at pure noise and +∞ at a clean sample; the solvers are written
  /// so that these infinities give the exact limits and never a NaN.
  var lambda: Double { log(alpha / sigma) }

  init(_ sigma: Double) { self.sigma = sigma }
}

/// A step between two noise levels, as the solvers of the DPM family see it.
///
/// While the estimate of the clean sample stays at `x0`, the flow has the exact solution
/// `z_end = decay·z_start + gain·x0` (Lu et al. 2022, DPM-Solver++, proposition 4.1, where `decay` is
/// `σ_t/σ_s` and `gain` is `−α_t·(e^(−h) − 1)`).
struct ExponentialStep {
  let decay: Double
  /// In flow form `−α_t·(e^(−h) − 1)` is `1 − decay`, which has no infinity on the way. (So the
  /// first-order solver of this family is Euler's method.)
  let gain: Double
  /// `h`, the length of the step in λ; infinite from pure noise and to a clean sample.
  let length: Double

  init(from start: NoiseLevel, to end: NoiseLevel) {
    decay = end.sigma / start.sigma
    gain = 1 - decay
    length = end.lambda - start.lambda
  }
}
