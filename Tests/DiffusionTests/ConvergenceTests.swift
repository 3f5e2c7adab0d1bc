import Foundation
import Tensor
import Testing

@testable import Diffusion

/// Normal data `N(μ, s²)`, whose flow is known: at the level σ the latents are normal with mean
/// `m = (1−σ)·μ` and variance `V = (1−σ)²·s² + σ²`, and the flow of one number keeps its quantile, so
/// that `(z − m) / √V` never changes.
struct GaussianFlow {
  let mean: Double
  let deviation: Double

  func variance(_ sigma: Double) -> Double {
    (1 - sigma) * (1 - sigma) * deviation * deviation + sigma * sigma
  }

  /// `dz/dσ = dm/dσ + (z − m)·(dV/dσ) / (2V)`.
  func velocity(_ z: Double, _ sigma: Double) -> Double {
    let slope = sigma - (1 - sigma) * deviation * deviation
    return -mean + slope / variance(sigma) * (z - (1 - sigma) * mean)
  }

  /// Where the point of the quantile `quantile` (in standard deviations) is at a level.
  func position(_ quantile: Double, _ sigma: Double) -> Double {
    (1 - sigma) * mean + variance(sigma).squareRoot() * quantile
  }
}

@Suite("Order of convergence on a Gaussian")
struct ConvergenceTests {
  /// Wide enough that the error keeps its sign along the way: where it changes, two errors cancel for
  /// some numbers of steps and the measured slope says nothing.
  let flow = GaussianFlow(mean: 0.8, deviation: 1.5)
  let quantiles = [-2.0, -1.1, -0.4, 0.2, 0.9, 1.7]

  /// The largest error at the end of a run, by the number of steps.
  func error(_ solver: SolverKind, sigmas: [Double]) throws -> Double {
    let shape = [quantiles.count]
    let latents = try Tensor(quantiles.map { Float(flow.position($0, sigmas[0])) }, shape: shape)
    let velocity = try Tensor(shape)
    let sampler = try Sampler(solver: solver, sigmas: sigmas, shape: shape)
    try sampler.run(latents) { latents, sigma in
      for index in 0..<latents.count {
        velocity.pointer[index] = Float(flow.velocity(Double(latents.pointer[index]), sigma))
      }
      return velocity
    }
    let exact = quantiles.map { flow.position($0, sigmas[sigmas.count - 1]) }
    return zip(latents.array(), exact).map { abs(Double($0) - $1) }.max() ?? .infinity
  }

  /// The slope of the logarithm of the error against the logarithm of the step, by least squares.
  func order(
    _ solver: SolverKind, _ counts: [Int], _ sigmas: (Int) throws -> [Double]
  ) throws -> Double {
    let points = try counts.map { count in
      (x: -log(Double(count)), y: log(try error(solver, sigmas: sigmas(count))))
    }
    let x = points.map(\.x).reduce(0, +) / Double(points.count)
    let y = points.map(\.y).reduce(0, +) / Double(points.count)
    let covariance = points.map { ($0.x - x) * ($0.y - y) }.reduce(0, +)
    return covariance / points.map { ($0.x - x) * ($0.x - x) }.reduce(0, +)
  }

  /// Even levels from noise to a clean sample. The last steps are then long in λ however many there
  /// are (the last but one always halves σ), which costs DPM-Solver++(2M) a logarithm: its error
  /// falls as log(n)/n², a slope of about 1.75 here, nearing 2 slowly.
  @Test(
    "from noise to a clean sample",
    arguments: [
      (SolverKind.euler, 0.9...1.1), (.heun, 1.9...2.2), (.dpmpp2m, 1.6...2.2), (.unipc, 2.0...2.5),
    ])
  func wholePath(solver: SolverKind, expected: ClosedRange<Double>) throws {
    let measured = try order(solver, [32, 48, 64, 96, 128]) {
      try FlowSchedule.sigmas(steps: $0, shift: 1)
    }
    #expect(expected.contains(measured), "\(solver) converges with order \(measured)")
  }

  /// Between the ends, on levels that are even in λ, the methods that work in λ show their own
  /// order; UniPC's corrector raises order 2 to 3.
  @Test(
    "between the ends",
    arguments: [
      (SolverKind.euler, 0.9...1.1), (.heun, 1.9...2.2), (.dpmpp2m, 1.8...2.2), (.unipc, 2.5...3.6),
    ])
  func interior(solver: SolverKind, expected: ClosedRange<Double>) throws {
    let measured = try order(solver, [16, 24, 32, 48, 64]) { count in
      (0...count).map { step in
        let lambda = -2.5 + 5 * Double(step) / Double(count)
        return 1 / (1 + exp(lambda))
      }
    }
    #expect(expected.contains(measured), "\(solver) converges with order \(measured)")
  }

  @Test("the exact flow is a solution of the velocity field")
  func flowIsConsistent() {
    for sigma in stride(from: 0.05, through: 0.95, by: 0.1) {
      for quantile in quantiles {
        let h = 1e-5
        let slope =
          (flow.position(quantile, sigma + h) - flow.position(quantile, sigma - h)) / (2 * h)
        let velocity = flow.velocity(flow.position(quantile, sigma), sigma)
        #expect(abs(slope - velocity) < 1e-7)
      }
    }
  }

  @Test("ten steps of a second-order solver beat ten of Euler's", arguments: SolverKind.allCases)
  func ranking(solver: SolverKind) throws {
    let sigmas = try FlowSchedule.sigmas(steps: 10, shift: 1)
    guard solver != .euler else { return }
    #expect(try error(solver, sigmas: sigmas) < error(.euler, sigmas: sigmas) / 2)
  }
}
