import Glibc
import Tensor

/// UniPC of order 2 (Zhao et al. 2023) with `B(h) = e^h − 1` (bh2), predicting the clean sample, in
/// flow form. Each step predicts with what is known; the evaluation that opens the next step also
/// corrects the prediction, so that the corrector costs no evaluation of its own.
///
/// Both are `z_t = decay·z_s + gain·(x0_s + Σ ρ_k·D_k)` from the level `s` to the level `t`, with the
/// differences `D_1 = (x0_before − x0_s) / r_1` and, in the corrector, `D_2 = x0_t − x0_s`, where
/// `r_1 = (λ_before − λ_s) / h` is negative. The weights ρ are the paper's; where it allows the
/// shortcut ρ = 1/2 (a single difference) that is taken.
struct UniPCSolver: Solver {
  private let grid: SolverGrid
  /// The estimates of the clean sample of the last three steps, by the step's remainder.
  private let x0: [Tensor]
  /// The corrected latents that the last prediction started from.
  private let base: Tensor

  let history: [String: Tensor]

  init(grid: SolverGrid, shape: [Int]) throws {
    self.grid = grid
    x0 = try (0..<3).map { _ in try Tensor(shape) }
    base = try Tensor(shape)
    history = ["x0.0": x0[0], "x0.1": x0[1], "x0.2": x0[2], "base": base]
  }

  func step(_ latents: Tensor, _ index: Int, velocity: VelocityField) throws {
    let sigma = grid.levels[index].sigma
    estimate(ofStep: index).assign([
      Term(1, latents), Term(-sigma, try velocity(latents, sigma)),
    ])
    if index > grid.firstStep { correct(latents, endOfStep: index - 1) }
    base.copy(from: latents)
    predict(latents, step: index)
  }

  func estimate(ofStep index: Int) -> Tensor { x0[index % 3] }

  private func predict(_ latents: Tensor, step index: Int) {
    let step = grid.step(index)
    let current = estimate(ofStep: index)
    if grid.order(index) == 1 {
      latents.assign([Term(step.decay, base), Term(step.gain, current)])
    } else {
      let weight = 0.5 / -grid.ratio(index)
      latents.assign([
        Term(step.decay, base),
        Term(step.gain * (1 - weight), current),
        Term(step.gain * weight, estimate(ofStep: index - 1)),
      ])
    }
  }

  /// Takes the step `index` once more, now that the estimate at its end is known.
  private func correct(_ latents: Tensor, endOfStep index: Int) {
    let step = grid.step(index)
    let (current, end) = (estimate(ofStep: index), estimate(ofStep: index + 1))
    if grid.order(index) == 1 {
      latents.assign([
        Term(step.decay, base), Term(step.gain * 0.5, current), Term(step.gain * 0.5, end),
      ])
    } else {
      let ratio = -grid.ratio(index)
      let (rho1, rho2) = Self.correctorWeights(ratio: ratio, length: step.length)
      let weight = rho1 / ratio
      latents.assign([
        Term(step.decay, base),
        Term(step.gain * (1 - weight - rho2), current),
        Term(step.gain * weight, estimate(ofStep: index - 1)),
        Term(step.gain * rho2, end),
      ])
    }
  }

  /// Solves `ρ_1 + ρ_2 = b_1`, `r_1·ρ_1 + ρ_2 = b_2` (Zhao et al. 2023, theorem 3.1), where
  /// `b_k = k!·φ_(k+1)(−h) / φ_1(−h)`.
  private static func correctorWeights(ratio: Double, length: Double) -> (Double, Double) {
    let phi1 = expm1(-length) / -length
    let phi2 = (phi1 - 1) / -length
    let phi3 = (phi2 - 0.5) / -length
    let b1 = phi2 / phi1
    let b2 = 2 * phi3 / phi1
    let rho1 = (b1 - b2) / (1 - ratio)
    return (rho1, b1 - rho1)
  }
}
