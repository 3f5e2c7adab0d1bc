// Causal convolution in time and space, channels last, stride 1.
//
//   y[t] = b + Σ_k W[k] ∗ x[t − (kT−1) + k],   k = 0 … kT−1
//
// Frames before the clip are zero, and so is the border in space (the size stays). T frames,
// h rows, w columns, kT frames in the kernel.

import Kernels
package import Tensor

/// A convolution that sees the present and the past, never the future.
///
/// It is a stream: given a state, it takes a clip in pieces of any length, and the results are
/// those of the whole clip to the last bit.
package struct CausalConv3D: Sendable {
  package let inputs: Int
  package let outputs: Int
  /// Frames, rows and columns that one output sees.
  package let kernel: (t: Int, h: Int, w: Int)

  private let layout: ConvolutionLayout
  /// In the order of `layout`.
  private let weight: Tensor
  /// Filled to whole vectors.
  private let bias: Tensor
  /// `[inputs]`, what pixels outside the frame look at.
  private let zeros: Tensor

  /// Pixels of one block of work: enough that its weights, which come from a farther cache, are
  /// used often, and few enough that small frames are shared out.
  private static let blockPixels = 128

  /// - Parameters:
  ///   - weights: where `weight [outputs, inputs, kT, kH, kW]` and, unless turned off,
  ///     `bias [outputs]` are.
  ///   - kernel: kH and kW odd.
  /// - Throws: `WeightError`, and `TensorError.outOfMemory`.
  package init(
    _ weights: Weights, inputs: Int, outputs: Int, kernel: (t: Int, h: Int, w: Int) = (3, 3, 3),
    bias: Bool = true
  ) throws {
    self.inputs = inputs
    self.outputs = outputs
    self.kernel = kernel
    layout = ConvolutionLayout(
      inputs: inputs, outputs: outputs, kernelTime: kernel.t, kernelHeight: kernel.h,
      kernelWidth: kernel.w)
    let unpacked = try weights.tensor("weight", [outputs, inputs, kernel.t, kernel.h, kernel.w])
    weight = try Tensor([layout.packedCount])
    layout.pack(unpacked.pointer, into: weight.pointer)
    self.bias = try Tensor([layout.paddedOutputs])
    if bias {
      self.bias[0..<outputs].copy(from: try weights.tensor("bias", [outputs]))
    }
    zeros = try Tensor([inputs])
    withExtendedLifetime(unpacked) {}
  }

  /// What this layer keeps of a clip of `height`×`width` that comes in pieces.
  /// - Throws: `TensorError.outOfMemory`.
  package func makeState(height: Int, width: Int) throws(TensorError) -> ConvolutionState {
    try ConvolutionState(past: kernel.t - 1, height: height, width: width, channels: inputs)
  }

  /// - Parameters:
  ///   - x: `[T, h, w, inputs]`.
  ///   - state: the clip up to here, to which `x` is added; `nil` where `x` is the whole clip.
  /// - Returns: `[T, h, w, outputs]`, in the arena.
  package func callAsFunction(
    _ x: Tensor, state: ConvolutionState? = nil, _ compute: Compute
  ) -> Tensor {
    let result = compute.arena.tensor(x.shape.dropLast() + [outputs])
    convolve(x, into: result, from: .bias, state, compute)
    return result
  }

  /// `residual += y`, in place.
  /// - Parameters:
  ///   - x, state: as above.
  ///   - residual: `[T, h, w, outputs]`, other memory than `x`.
  package func callAsFunction(
    _ x: Tensor, addingTo residual: Tensor, state: ConvolutionState? = nil, _ compute: Compute
  ) {
    precondition(
      residual.shape == x.shape.dropLast() + [outputs],
      "a residual of shape \(residual.shape) for \(x.shape) convolved to \(outputs) channels")
    convolve(x, into: residual, from: .biasAndOutput, state, compute)
  }

  private func convolve(
    _ x: Tensor, into result: Tensor, from start: ConvolutionStart, _ state: ConvolutionState?,
    _ compute: Compute
  ) {
    precondition(
      x.shape.count == 4 && x.shape[3] == inputs,
      "\(x.shape) into a convolution of \(inputs) channels")
    let (height, width) = (x.shape[1], x.shape[2])
    let frames = Frames(x, after: state?.past(for: x, reach: kernel.t - 1))
    let target = Rows(result)
    let pixels = height * width
    let pixelBlocks = (pixels + CausalConv3D.blockPixels - 1) / CausalConv3D.blockPixels
    let channelBlocks = layout.blocks.count
    compute.pool.parallel(x.shape[0] * pixelBlocks * channelBlocks) { index in
      let frame = index / channelBlocks / pixelBlocks
      let first = index / channelBlocks % pixelBlocks * CausalConv3D.blockPixels
      var start = start
      for time in 0..<kernel.t {
        guard let input = frames[frame + time - (kernel.t - 1)] else { continue }
        convolveFrame(
          input, height: height, width: width,
          pixels: first..<min(first + CausalConv3D.blockPixels, pixels), layout: layout,
          block: index % channelBlocks, time: time, weights: weight.pointer, bias: bias.pointer,
          zeros: zeros.pointer, start: start, output: target[frame * pixels])
        start = .output
      }
    }
    state?.remember(x, compute)
    withExtendedLifetime((x, result, state, self)) {}
  }
}

/// The frames that a convolution reads, counted from the first that is new.
private struct Frames: @unchecked Sendable {
  private let new: UnsafePointer<Float>
  private let past: ConvolutionState.Past?
  private let frameCount: Int

  init(_ x: Tensor, after past: ConvolutionState.Past?) {
    new = UnsafePointer(x.pointer)
    self.past = past
    frameCount = x.shape.dropFirst().reduce(1, *)
  }

  /// A frame, or `nil` before the start of the clip; −1 is the last of the past.
  subscript(index: Int) -> UnsafePointer<Float>? {
    index >= 0 ? new + index * frameCount : past?[index]
  }
}
