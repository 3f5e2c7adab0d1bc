import Tensor

/// Euler's method: `z ← z + (σ_next − σ)·v(z, σ)`.
struct EulerSolver: Solver {
  private let grid: SolverGrid
  private let x0: Tensor

  let history: [String: Tensor] = [:]

  init(grid: SolverGrid, shape: [Int]) throws {
    self.grid = grid
    x0 = try Tensor(shape)
  }

  func step(_ latents: Tensor, _ index: Int, velocity: VelocityField) throws {
    let (sigma, next) = (grid.levels[index].sigma, grid.levels[index + 1].sigma)
    let v = try velocity(latents, sigma)
    x0.assign([Term(1, latents), Term(-sigma, v)])
    latents.assign([Term(1, latents), Term(next - sigma, v)])
  }

  func estimate(ofStep index: Int) -> Tensor { x0 }
}
