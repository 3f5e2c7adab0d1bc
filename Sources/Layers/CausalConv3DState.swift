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

  /// - Parameter arena: where the frames lie, as long as the state lives.
  init(slots: Int, frame: PaddedFrame, in arena: Arena) {
    memory = arena.tensor(Self.shape(slots: slots, frame: frame))
    ring = FrameRing(memory.pointer, frame: frame, slots: slots)
    ring.clearBorders()
  }

  /// The tensor that holds the frames.
  static func shape(slots: Int, frame: PaddedFrame) -> [Int] {
    [slots * frame.byteCount / MemoryLayout<Float>.stride]
  }

  /// The bytes that the state holds.
  package var byteCount: Int { memory.count * MemoryLayout<Float>.stride }

  /// Forgets the clip: the next frame is the first of another.
  package func reset() { frameCount = 0 }

  func advance(by frames: Int) { frameCount += frames }
}
