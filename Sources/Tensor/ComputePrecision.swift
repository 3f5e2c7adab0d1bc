/// What the products of a layer are made of. Sums are Float32 in all of them, and so is what lies
/// between two layers.
package enum ComputePrecision: String, Sendable, CaseIterable {
  /// Float32 throughout: the reference that the golden fixtures are held to.
  case f32
  /// Factors rounded to bfloat16: weights once as they are loaded, activations as they are packed.
  case bf16
  /// Weights in eight bits with a scale a channel, activations in eight bits with a scale a token.
  case int8
}
