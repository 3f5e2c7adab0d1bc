import Tensor

/// Heun's method: a step of Euler's method, then the mean of the slopes at its two ends, as Karras
/// et al. (2022, algorithm 1) use it. The last step is Euler's: no model is trained to know the
/// slope at σ = 0, and one step of first order leaves the whole at order 2.
struct HeunSolver: Solver {
  private let grid: SolverGrid
  private let x0: Tensor
  /// Where Euler's method would end.
  private let predicted: Tensor

  let history: [String: Tensor] = [:]

  init(grid: SolverGrid, shape: [Int]) throws {
    self.grid = grid
    x0 = try Tensor(shape)
    predicted = try Tensor(shape)
  }

  func step(_ latents: Tensor, _ index: Int, velocity: VelocityField) throws {
    let (sigma, next) = (grid.levels[index].sigma, grid.levels[index + 1].sigma)
    let v = try velocity(latents, sigma)
    x0.assign([Term(1, latents), Term(-sigma, v)])
    predicted.assign([Term(1, latents), Term(next - sigma, v)])
    if index == grid.steps - 1 {
      latents.copy(from: predicted)
      return
    }
    // z + h·(v + v′)/2, written with z + h·v so that `v` need not outlive the second evaluation.
    let corrected = try velocity(predicted, next)
    latents.assign([
      Term(0.5, latents), Term(0.5, predicted), Term(0.5 * (next - sigma), corrected),
    ])
  }

  func estimate(ofStep index: Int) -> Tensor { x0 }
}
