import Kernels
import Tensor

/// What a causal convolution keeps of a clip that comes in pieces: its last inputs, in the format that
/// it multiplies in and with the border of zeros that it reads around them.
///
/// Made once, by `CausalConv3D.makeState`, and reused clip after clip. One stream uses it at a time.
package final class ConvolutionState {
  /// How many frames of the clip have gone by.
  package private(set) var frameCount = 0

  let ring: FrameRing
  private let memory: Tensor

  init(slots: Int, frame: PaddedFrame) throws(TensorError) {
    // New memory is zero, and so are the borders, which nobody writes to.
    memory = try Tensor([slots * frame.byteCount / MemoryLayout<Float>.stride])
    ring = FrameRing(memory.pointer, frame: frame, slots: slots)
  }

  /// The bytes that the state holds.
  package var byteCount: Int { memory.count * MemoryLayout<Float>.stride }

  /// Forgets the clip: the next frame is the first of another.
  package func reset() { frameCount = 0 }

  func advance(by frames: Int) { frameCount += frames }
}
