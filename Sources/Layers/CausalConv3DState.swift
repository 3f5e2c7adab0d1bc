import Tensor

/// What a causal convolution keeps of a clip that comes in pieces: its last inputs.
///
/// Made once, by `CausalConv3D.makeState`, and reused clip after clip. One stream uses it at a time.
package final class ConvolutionState {
  /// How many frames of the clip have gone by.
  package private(set) var frameCount = 0

  /// `[past, h, w, channels]`, frame `f` of the clip in slot `f mod past`.
  private let ring: Tensor

  /// Zero frames of the past are allowed: then nothing is kept.
  init(past: Int, height: Int, width: Int, channels: Int) throws(TensorError) {
    ring = try Tensor([past, height, width, channels])
  }

  /// The bytes that the state holds.
  package var byteCount: Int { ring.count * MemoryLayout<Float>.stride }

  /// Forgets the clip: the next frame is the first of another.
  package func reset() { frameCount = 0 }

  /// The frames before those that come now.
  struct Past {
    fileprivate let base: UnsafePointer<Float>
    fileprivate let slots: Int
    fileprivate let elements: Int
    fileprivate let frameCount: Int

    /// The frame `index` (−1 is the last), or `nil` before the start of the clip.
    subscript(index: Int) -> UnsafePointer<Float>? {
      let frame = frameCount + index
      return frame >= 0 ? base + frame % slots * elements : nil
    }
  }

  /// - Parameter reach: how many frames back the layer looks.
  func past(for x: Tensor, reach: Int) -> Past {
    precondition(
      ring.shape[0] == reach && ring.shape.dropFirst() == x.shape.dropFirst(),
      "frames of shape \(x.shape.dropFirst()) into the state of a clip of \(ring.shape)")
    return Past(
      base: UnsafePointer(ring.pointer), slots: reach,
      elements: x.shape.dropFirst().reduce(1, *), frameCount: frameCount)
  }

  /// Keeps the last frames of `x`.
  func remember(_ x: Tensor, _ compute: Compute) {
    let slots = ring.shape[0]
    let kept = min(slots, x.shape[0])
    let firstKept = x.shape[0] - kept
    let firstFrame = frameCount + firstKept
    frameCount += x.shape[0]
    guard kept > 0 else { return }
    let height = x.shape[1]
    let rowElements = x.shape[2] * x.shape[3]
    let source = Rows(x.reshaped([x.shape[0] * height, rowElements]))
    let target = Rows(ring.reshaped([slots * height, rowElements]))
    compute.pool.parallel(kept * height) { index in
      let row = index % height
      target[(firstFrame + index / height) % slots * height + row].update(
        from: source[firstKept * height + index], count: rowElements)
    }
  }
}
