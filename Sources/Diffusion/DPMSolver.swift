import Tensor

/// DPM-Solver++(2M) (Lu et al. 2022, algorithm 2) in flow form: the exact solution of the flow for a
/// clean sample that changes linearly in λ, extrapolated from this step's estimate and the one
/// before.
///
/// ```
/// D = x0 + (x0 − x0_previous) / (2r)          r = h_previous / h
/// z ← σ_next/σ · z + (1 − σ_next/σ) · D
/// ```
///
/// A run from σ = 1 has an infinite first step, so that the second has `1/r = 0`: what is linear in λ
/// has no slope there.
struct DPMSolver: Solver {
  private let grid: SolverGrid
  /// The estimates of the clean sample of this step and the one before, by the parity of the step.
  private let x0: [Tensor]

  let history: [String: Tensor]

  init(grid: SolverGrid, shape: [Int]) throws {
    self.grid = grid
    x0 = try (0..<2).map { _ in try Tensor(shape) }
    history = ["x0.0": x0[0], "x0.1": x0[1]]
  }

  func step(_ latents: Tensor, _ index: Int, velocity: VelocityField) throws {
    let sigma = grid.levels[index].sigma
    let current = x0[index % 2]
    current.assign([Term(1, latents), Term(-sigma, try velocity(latents, sigma))])

    let step = grid.step(index)
    if grid.order(index) == 1 {
      latents.assign([Term(step.decay, latents), Term(step.gain, current)])
    } else {
      let slope = 1 / (2 * grid.ratio(index))
      latents.assign([
        Term(step.decay, latents),
        Term(step.gain * (1 + slope), current),
        Term(-step.gain * slope, x0[(index + 1) % 2]),
      ])
    }
  }

  func estimate(ofStep index: Int) -> Tensor { x0[index % 2] }
}
