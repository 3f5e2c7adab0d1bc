import Tensor

/// What products are made of. Sums are Float32 in all of them, and the text encoder computes in
/// Float32 always.
public enum Precision: String, Sendable, CaseIterable {
  /// Float32 throughout: the reference. Weights stored in bfloat16 are widened as they are loaded.
  case f32
  /// Factors rounded to bfloat16: weights once as they are loaded, activations as they are packed.
  case bf16
  /// The transformer's blocks with weights in eight bits, a scale a channel, and activations in
  /// eight bits, a scale a token; what has no such form computes as with `bf16`.
  case int8

  /// What a processor is best used with: `bf16` where it has the instructions, else `f32`.
  public static var preferred: Precision {
    Processor.multipliesBFloat16 ? .bf16 : .f32
  }

  /// The same for layers.
  var compute: ComputePrecision {
    switch self {
    case .f32: .f32
    case .bf16: .bf16
    case .int8: .int8
    }
  }
}
