// Latent frames that are known before the sampling and must come out of it as they are (replacement,
// after RePaint, arXiv 2201.09865). Their path from noise to the known latents is a straight line,
//
//   z_σ = (1 − σ)·target + σ·ε        dz/dσ = ε − target
//
// so that they follow it exactly, under every solver, where that velocity stands in for the model's.

import Tensor

struct HeldFrames {
  /// [C, T, h, w], read where the mask is set.
  let target: Tensor
  /// [C, T, h, w], what the sampling starts from.
  let noise: Tensor
  /// T truths.
  let mask: [Bool]

  /// Puts the known velocity in place of the model's.
  func steer(_ velocity: Tensor) {
    write(to: velocity) { noise.pointer[$0] - target.pointer[$0] }
  }

  /// Puts the known latents where the sampling should have ended.
  func settle(_ latents: Tensor) {
    write(to: latents) { target.pointer[$0] }
  }

  private func write(to tensor: Tensor, _ value: (Int) -> Float) {
    precondition(tensor.shape == target.shape, "frames held in another shape")
    let (channels, frames) = (tensor.shape[0], tensor.shape[1])
    let positions = tensor.shape[2] * tensor.shape[3]
    for channel in 0..<channels {
      for frame in 0..<frames where mask[frame] {
        let start = (channel * frames + frame) * positions
        for index in start..<start + positions { tensor.pointer[index] = value(index) }
      }
    }
    withExtendedLifetime((tensor, target, noise)) {}
  }
}
