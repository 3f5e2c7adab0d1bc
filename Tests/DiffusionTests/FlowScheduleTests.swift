import Testing

@testable import Diffusion

@Suite("Flow schedule")
struct FlowScheduleTests {
  @Test(
    "levels fall from exactly 1 to exactly 0", arguments: [1, 2, 9, 50, 1000], [0.01, 0.3, 1, 7])
  func ends(steps: Int, shift: Double) throws {
    let sigmas = try FlowSchedule.sigmas(steps: steps, shift: shift)
    #expect(sigmas.count == steps + 1)
    #expect(sigmas.first == 1)
    #expect(sigmas.last == 0)
    #expect(zip(sigmas, sigmas.dropFirst()).allSatisfy { $0 > $1 })
  }

  @Test("a shift of 1 leaves the levels even")
  func even() throws {
    #expect(try FlowSchedule.sigmas(steps: 4, shift: 1) == [1, 0.75, 0.5, 0.25, 0])
  }

  /// s·t / (1 + (s−1)·t) at t = 1/2 is s / (s+1).
  @Test("a shift of 3 takes the middle to three quarters")
  func shifted() throws {
    #expect(try FlowSchedule.sigmas(steps: 2, shift: 3) == [1, 0.75, 0])
  }

  @Test("a later start has the levels of its time")
  func start() throws {
    #expect(try FlowSchedule.sigmas(steps: 2, shift: 1, from: 0.5) == [0.5, 0.25, 0])
    let sigmas = try FlowSchedule.sigmas(steps: 3, shift: 3, from: 0.75)
    #expect(abs(sigmas[0] - 0.9) < 1e-15 && sigmas.last == 0)
    for start in [0, -1, 1.1, .nan] {
      #expect(throws: DiffusionError.self) {
        try FlowSchedule.sigmas(steps: 2, shift: 1, from: start)
      }
    }
  }

  @Test("the shift grows with the square root of the number of tokens")
  func tokens() throws {
    let schedule = try FlowSchedule(baseShift: 3, baseTokens: 448)
    #expect(schedule.shift(tokens: 448) == 3)
    #expect(schedule.shift(tokens: 4 * 448) == 6)
    #expect(schedule.shift(tokens: 112) == 1.5)
  }

  @Test("absurd values are refused")
  func refused() {
    for (steps, shift) in [
      (0, 1.0), (-3, 1), (1001, 1), (8, 0), (8, -1), (8, .nan), (8, .infinity),
    ] {
      #expect(throws: DiffusionError.self) {
        try FlowSchedule.sigmas(steps: steps, shift: shift)
      }
    }
    #expect(throws: DiffusionError.self) { try FlowSchedule(baseShift: 0, baseTokens: 448) }
    #expect(throws: DiffusionError.self) { try FlowSchedule(baseShift: .nan, baseTokens: 448) }
    #expect(throws: DiffusionError.self) { try FlowSchedule(baseShift: 3, baseTokens: 0) }
  }

  @Test("an error says what was wrong and what would be right")
  func message() {
    let error = DiffusionError.parameter(name: "steps", found: "0", expected: "1 … 1000")
    #expect("\(error)" == "steps is 0, expected 1 … 1000")
  }
}
