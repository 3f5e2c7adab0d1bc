package import Checkpoint
package import Diffusion

/// `scheduler/scheduler_config.json`: how this model is best sampled, unless the user says otherwise.
package struct SchedulerConfiguration: Sendable, Equatable {
  /// How the shift of the noise levels grows with the clip.
  package let schedule: FlowSchedule
  package let steps: Int
  package let solver: SolverKind
  package let guidance: Guidance

  /// - Throws: `CheckpointError.config` with the field, what it is, and what it should be;
  ///   `DiffusionError.parameter` where numbers do not fit together.
  package init(_ config: inout ConfigReader) throws {
    schedule = try FlowSchedule(
      baseShift: try config.field("base_shift", default: 4, in: 0.01...100),
      baseTokens: try config.field("base_tokens", default: 448, in: 1...(1 << 30)))
    steps = try config.field("num_inference_steps", default: 24, in: 1...1000)
    solver = try config.choice("solver", default: .unipc)
    let interval = try config.field("guidance_interval", default: [0.0, 1.0])
    guard interval.count == 2, interval[0] >= 0, interval[0] <= interval[1], interval[1] <= 1 else {
      throw config.error(
        "guidance_interval", found: "\(interval)", expected: "two noise levels in 0 … 1, rising")
    }
    let zeroStar = try config.field("guidance_zero_star", default: false)
    guidance = try Guidance(
      scale: try config.field("guidance_scale", default: 3, in: 0...100),
      interval: interval[0]...interval[1],
      givenAbove: try config.field("guidance_given_above", default: 1, in: 0...1),
      rescale: try config.field("guidance_rescale", default: 0, in: 0...1),
      zeroStar: zeroStar,
      // The other half of CFG-Zero*: its first step stays where it is.
      zeroSteps: zeroStar ? 1 : 0)
  }
}
