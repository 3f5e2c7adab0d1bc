import Tensor

/// What a stretch is given: the latents that the transformer sees as conditions, those that its
/// result must hold, and those that the sampling starts from beside the noise.
final class GivenLatents {
  /// [C, T, h, w], clean, read where the mask is set.
  let condition: Tensor
  /// [C, T, h, w]: what the run starts from where it does not start from pure noise, and what given
  /// frames must become.
  let start: Tensor

  /// The frames that are given and held, the last picture's not counted.
  private var held: [Bool]
  private var hasLast = false

  /// - Parameter shape: [C, T, h, w].
  init(_ shape: [Int]) throws(TensorError) {
    condition = try Tensor(shape)
    start = try Tensor(shape)
    held = Array(repeating: false, count: shape[1])
  }

  /// Holds frames to their conditions.
  func holdCondition(_ frames: Range<Int>) {
    for frame in frames {
      start.setFrame(frame, from: condition, frame: frame)
      held[frame] = true
    }
  }

  /// Holds a frame to what `start` has there; its condition says the same in another way.
  func hold(_ frame: Int) { held[frame] = true }

  /// Holds the last frame to what `start` has there.
  func setLast() { hasLast = true }

  private func mask(withLast: Bool) -> [Bool] {
    held.indices.map { held[$0] || (hasLast && withLast && $0 == held.count - 1) }
  }

  /// What the transformer sees.
  func conditioning(withLast: Bool) -> Conditioning {
    Conditioning(latents: condition, mask: mask(withLast: withLast))
  }

  /// What the sampling holds.
  func held(_ noise: Tensor, withLast: Bool) -> HeldFrames {
    HeldFrames(target: start, noise: noise, mask: mask(withLast: withLast))
  }

  /// The start of the sampling: (1 − σ)·start + σ·noise; at σ = 1 the noise itself.
  func noised(with noise: Tensor, _ sigma: Double) throws(TensorError) -> Tensor {
    let result = try Tensor(noise.shape)
    if sigma == 1 {
      result.copy(from: noise)
      return result
    }
    let (clean, noisy) = (Float(1 - sigma), Float(sigma))
    for index in 0..<result.count {
      result.pointer[index] = clean * start.pointer[index] + noisy * noise.pointer[index]
    }
    withExtendedLifetime((noise, start)) {}
    return result
  }
}
