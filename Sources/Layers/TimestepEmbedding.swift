import Glibc
package import Tensor

/// The sinusoidal embedding of a timestep (DiT, after Vaswani et al. 2017): cosines, then sines, of
/// the timestep times frequencies that fall from 1 towards 1/10,000 in geometric steps.
///
/// Computed in Float64; the timestep counts from 0 to 1,000.
/// - Parameter size: an even number.
/// - Returns: `[size]`, in the arena.
package func sinusoidalEmbedding(_ timestep: Float, size: Int, _ compute: Compute) -> Tensor {
  precondition(size > 0 && size % 2 == 0, "an embedding of odd size \(size)")
  let result = compute.arena.tensor([size])
  let values = result.pointer
  let half = size / 2
  for index in 0..<half {
    let angle = Double(timestep) * exp(-log(10_000) * Double(index) / Double(half))
    values[index] = Float(cos(angle))
    values[half + index] = Float(sin(angle))
  }
  return result
}
