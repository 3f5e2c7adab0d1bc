import Foundation
import Tensor
import Testing

@testable import Diffusion

/// A run of a solver over the toy field, as `scripts/golden/diffusion.py` wrote it.
struct SolverCase: Decodable, CustomTestStringConvertible {
  let solver: String
  let shift: Double?
  let heldSteps: Int
  let noise: [Float]
  let sigmas: [Double]
  let result: [Float]

  var testDescription: String {
    "\(solver), \(sigmas.count - 1) steps from \(sigmas[0]), \(heldSteps) of them held"
  }

  static let twin: [SolverCase] = Fixtures.load("solvers.json")
  static let diffusers: [SolverCase] = Fixtures.load("diffusers.json")
}

struct GuidanceCase: Decodable {
  let scale: Double
  let rescale: Double
  let zeroStar: Bool
  let conditional: [Float]
  let unconditional: [Float]
  let guided: [Float]

  static let all: [GuidanceCase] = Fixtures.load("guidance.json")
}

enum Fixtures {
  static let shape = [3, 8]

  /// The fixtures are part of the checkout; without them there is nothing to test.
  static func load<Value: Decodable>(_ name: String) -> Value {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = tests.appending(path: "Fixtures/diffusion/\(name)")
    do {
      return try JSONDecoder().decode(Value.self, from: Data(contentsOf: file))
    } catch {
      fatalError("\(file.path): \(error)")
    }
  }
}

/// The velocity field of the fixtures: `tanh(z + z_next / 2) − (1−σ)·z`, where the neighbour is the
/// next in the row, and the first after the last.
struct ToyField {
  private let result: Tensor
  /// How often it was asked.
  private(set) var evaluations = 0

  init(shape: [Int]) throws { result = try Tensor(shape) }

  mutating func callAsFunction(_ latents: Tensor, _ sigma: Double) -> Tensor {
    evaluations += 1
    let width = latents.shape[1]
    for index in 0..<latents.count {
      let neighbour = index % width == width - 1 ? index + 1 - width : index + 1
      let (z, next) = (Double(latents.pointer[index]), Double(latents.pointer[neighbour]))
      result.pointer[index] = Float(tanh(z + 0.5 * next) - (1 - sigma) * z)
    }
    return result
  }
}

/// The largest difference, relative to the largest expected value.
func relativeError(_ found: [Float], _ expected: [Float]) -> Double {
  let scale = expected.map(abs).max() ?? 0
  let difference = zip(found, expected).map { abs($0 - $1) }.max() ?? 0
  return found.count == expected.count ? Double(difference / scale) : .infinity
}
