package import Tensor

/// What the model says at a point of the flow: `v = ε − x0`, the derivative of the latents with
/// respect to σ. The answer has the shape of the latents and is read before the next call.
package typealias VelocityField = (_ latents: Tensor, _ sigma: Double) throws -> Tensor

/// How the flow is integrated from noise to a clean sample.
package enum SolverKind: String, CaseIterable, Sendable {
  /// First order, one evaluation a step.
  case euler
  /// Second order, two evaluations a step (one in the last).
  case heun
  /// UniPC of order 2, one evaluation a step.
  case unipc
  /// DPM-Solver++(2M), second order, one evaluation a step.
  case dpmpp2m

  /// How many times a run of `steps` steps asks for the velocity.
  package func evaluations(steps: Int) -> Int {
    self == .heun ? max(0, 2 * steps - 1) : steps
  }

  /// - Parameter firstStep: the step that starts without a history.
  func solver(sigmas: [Double], firstStep: Int, shape: [Int]) throws -> any Solver {
    let grid = SolverGrid(levels: sigmas.map(NoiseLevel.init), firstStep: firstStep)
    return switch self {
    case .euler: try EulerSolver(grid: grid, shape: shape)
    case .heun: try HeunSolver(grid: grid, shape: shape)
    case .unipc: try UniPCSolver(grid: grid, shape: shape)
    case .dpmpp2m: try DPMSolver(grid: grid, shape: shape)
    }
  }
}

/// One way to take a step. A solver owns the tensors that it needs, made once.
///
/// A solver has no state but the values of `history`, and where a value is kept depends on the
/// number of the step alone: whoever restores latents, history and step number goes on bit by bit.
protocol Solver {
  /// What later steps need besides the latents, by name.
  var history: [String: Tensor] { get }

  /// Moves `latents` in place from level `index` to level `index + 1`.
  func step(_ latents: Tensor, _ index: Int, velocity: VelocityField) throws

  /// The estimate of the clean sample that step `index` was taken with.
  func estimate(ofStep index: Int) -> Tensor
}

/// The noise levels of a run, and which of them the multistep solvers may look back to.
struct SolverGrid {
  let levels: [NoiseLevel]
  let firstStep: Int

  var steps: Int { levels.count - 1 }

  func step(_ index: Int) -> ExponentialStep {
    ExponentialStep(from: levels[index], to: levels[index + 1])
  }

  /// The order of a two-step method at a step: 1 at the first, which has no history, and at the
  /// last, which usually ends at a clean sample, infinitely far away in λ. Two steps of first
  /// order cost two errors of O(h²) and leave the whole at order 2.
  func order(_ index: Int) -> Int {
    index == firstStep || index == steps - 1 ? 1 : 2
  }

  /// `r = h_previous / h`: how long the step before was, in λ, measured in steps of this one.
  func ratio(_ index: Int) -> Double {
    step(index - 1).length / step(index).length
  }
}
