import Tensor
import Testing

@testable import Diffusion

@Suite("Guidance")
struct GuidanceTests {
  func combine(_ guidance: Guidance, _ conditional: [Float], _ unconditional: [Float]) throws
    -> [Float]
  {
    let c = try Tensor(conditional, shape: [conditional.count])
    let u = try Tensor(unconditional, shape: [unconditional.count])
    guidance.combine(conditional: c, unconditional: u)
    #expect(u.array() == unconditional)
    return c.array()
  }

  @Test("agrees with the PyTorch twin", arguments: GuidanceCase.all)
  func twin(golden: GuidanceCase) throws {
    let guidance = try Guidance(
      scale: golden.scale, rescale: golden.rescale, zeroStar: golden.zeroStar)
    let found = try combine(guidance, golden.conditional, golden.unconditional)
    #expect(relativeError(found, golden.guided) < 1e-6)
  }

  @Test("a worked example")
  func example() throws {
    #expect(try combine(Guidance(scale: 3), [1, 2], [0, 3]) == [3, 0])
  }

  @Test("scale 0 is the negative prompt alone")
  func scaleZero() throws {
    #expect(try combine(Guidance(scale: 0), [1, 2], [0.5, 3]) == [0.5, 3])
  }

  @Test("a full rescale keeps the contrast of the conditional velocity")
  func rescale() throws {
    let conditional: [Float] = [1, -1, 2, -2]
    let found = try combine(Guidance(scale: 6, rescale: 1), conditional, [0.5, -0.1, 0.4, 0.2])
    func deviation(_ values: [Float]) -> Float {
      let mean = values.reduce(0, +) / Float(values.count)
      let squares = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +)
      return (squares / Float(values.count)).squareRoot()
    }
    #expect(abs(deviation(found) - deviation(conditional)) < 1e-5)
  }

  /// Where the two differ by a factor alone, the fitted difference is nothing: c stays c.
  @Test("zero-star does not amplify what is only a difference of size")
  func zeroStarParallel() throws {
    let found = try combine(Guidance(scale: 8, zeroStar: true), [2, -4, 6], [1, -2, 3])
    #expect(relativeError(found, [2, -4, 6]) < 1e-6)
  }

  @Test("velocities of zero make no NaN")
  func zeros() throws {
    let guidance = try Guidance(scale: 5, rescale: 0.5, zeroStar: true)
    #expect(try combine(guidance, [0, 0], [0, 0]) == [0, 0])
    #expect(try combine(guidance, [1, -1], [0, 0]).allSatisfy(\.isFinite))
  }

  @Test("acts inside its interval, and not at scale 1")
  func interval() throws {
    let guidance = try Guidance(scale: 4, interval: 0.2...0.9)
    #expect([1, 0.9, 0.5, 0.2, 0.1].map(guidance.acts) == [false, true, true, true, false])
    #expect(try !Guidance(scale: 1).acts(at: 0.5))
    #expect(try Guidance(scale: 4).acts(at: 1))
  }

  @Test("leads towards given frames above its level, by default nowhere")
  func givenFrames() throws {
    let guidance = try Guidance(scale: 4, givenAbove: 0.75)
    #expect([1, 0.8, 0.75, 0.1].map(guidance.leavesGivenOut) == [true, true, false, false])
    #expect(try !Guidance(scale: 4).leavesGivenOut(at: 1))
  }

  @Test("absurd values are refused")
  func refused() {
    #expect(throws: DiffusionError.self) { try Guidance(scale: -1) }
    #expect(throws: DiffusionError.self) { try Guidance(scale: .nan) }
    #expect(throws: DiffusionError.self) { try Guidance(scale: 101) }
    #expect(throws: DiffusionError.self) { try Guidance(scale: 4, interval: -0.1...1) }
    #expect(throws: DiffusionError.self) { try Guidance(scale: 4, interval: 0...1.1) }
    #expect(throws: DiffusionError.self) { try Guidance(scale: 4, givenAbove: 1.1) }
    #expect(throws: DiffusionError.self) { try Guidance(scale: 4, givenAbove: .nan) }
    #expect(throws: DiffusionError.self) { try Guidance(scale: 4, rescale: 1.5) }
    #expect(throws: DiffusionError.self) { try Guidance(scale: 4, rescale: .nan) }
    #expect(throws: DiffusionError.self) { try Guidance(scale: 4, zeroSteps: -1) }
  }
}
