/// How the flow from noise to video is integrated.
public enum Solver: String, Sendable, CaseIterable {
  /// First order, one evaluation a step.
  case euler
  /// Second order, two evaluations a step.
  case heun
  /// UniPC, order 2, B(h) = e^h − 1 (Zhao et al. 2023).
  case unipc
  /// DPM-Solver++(2M) in flow form (Lu et al. 2022).
  case dpmpp2m
}
