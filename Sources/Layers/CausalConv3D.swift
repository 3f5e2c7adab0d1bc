// Causal convolution in time and space, channels last, stride 1.
//
//   y[t] = b + Σ_k W[k] ∗ x[t − (kT−1) + k],   k = 0 … kT−1
//
// Frames before the clip are zero, and so is the border in space (the size stays). T frames,
// h rows, w columns, kT frames in the kernel.

package import Kernels
package import Tensor

/// A convolution that sees the present and the past, never the future, with what stands around it:
/// a norm and SiLU before it, a residual sum or a pixel shuffle after it.
///
/// It is a stream: given a state, it takes a clip in pieces of any length, and the results are
/// those of the whole clip to the last bit.
///
/// Small frames are computed some at a time, so that weights, which come from a far cache, are used for all of
/// them (`framesAtOnce`).
///
/// An activation is read once, normalised, and written once (by Winograd's algorithm four times) in the format of the
/// products, to a place among the last frames that it keeps there; those are read by the products. An output is written
/// once to memory (read once before, where it is added to), however many passes add to it in a cache.
///
/// In `.bf16` and `.int8`, weights are rounded to bfloat16 as they are packed and activations as they
/// are written to the frames, and sums are Float32; kernels of 3×3 in space are convolved by Winograd's algorithm where
/// that is faster (`ConvolutionAlgorithm`). Processors of wide registers without the instruction compute in Float32.
package struct CausalConv3D: Sendable {
  package let inputs: Int
  package let outputs: Int
  /// Frames, rows and columns that one output sees.
  package let kernel: (t: Int, h: Int, w: Int)
  /// 2 where a pixel shuffle follows.
  package let upscale: Int

  private let layout: ConvolutionLayout
  /// In the order of `layout`.
  private let weight: Tensor
  /// Filled to whole vectors.
  private let bias: Tensor

  /// - Parameters:
  ///   - weights: where `weight [outputs, inputs, kT, kH, kW]` and, unless turned off,
  ///     `bias [outputs]` are.
  ///   - kernel: kH and kW odd.
  ///   - upscale: 2 for a pixel shuffle after the convolution, as PyTorch's: channel
  ///     `c·4 + dy·2 + dx` becomes channel c of the pixel at (dy, dx) of a square of 2×2.
  ///   - algorithm: how bfloat16 is convolved; the fastest, if none is given.
  /// - Throws: `WeightError`, and `TensorError.outOfMemory`.
  package init(
    _ weights: Weights, inputs: Int, outputs: Int, kernel: (t: Int, h: Int, w: Int) = (3, 3, 3),
    bias: Bool = true, upscale: Int = 1, algorithm: ConvolutionAlgorithm? = nil
  ) throws {
    self.inputs = inputs
    self.outputs = outputs
    self.kernel = kernel
    self.upscale = upscale
    let format = CausalConv3D.format(weights.precision)
    layout = ConvolutionLayout(
      inputs: inputs, outputs: outputs, kernelTime: kernel.t, kernelHeight: kernel.h,
      kernelWidth: kernel.w, format: format, upscale: upscale,
      algorithm: format == .bfloat16 ? algorithm : nil)
    let shape = [outputs, inputs, kernel.t, kernel.h, kernel.w]
    let layout = layout
    let packed = try Tensor([layout.packedByteCount / MemoryLayout<Float>.stride])
    if let stored = try weights.bfloat16("weight", shape) {
      stored.withPointer(to: 0) { layout.pack(bfloat16: $0, into: packed.pointer) }
    } else {
      let unpacked = try weights.tensor("weight", shape)
      layout.pack(unpacked.pointer, into: packed.pointer)
      withExtendedLifetime(unpacked) {}
    }
    weights.discard("weight")
    weight = packed
    self.bias = try Tensor([layout.paddedOutputs])
    if bias {
      let unpacked = try weights.tensor("bias", [outputs])
      layout.packBias(unpacked.pointer, into: self.bias.pointer)
      withExtendedLifetime(unpacked) {}
    }
  }

  /// What is multiplied where a precision is asked for.
  private static func format(_ precision: ComputePrecision) -> ProductFormat {
    precision == .f32 || !convolvesFasterInBFloat16 ? .float32 : .bfloat16
  }

  /// The bytes that so many weights of kernels of 3×3 in space take once they are packed, where input channels fill
  /// vectors.
  package static func weightByteCount(_ weights: Int, _ precision: ComputePrecision) -> Int {
    let format = format(precision)
    let stored = ConvolutionAlgorithm.fastest(
      inputs: 16, kernelHeight: 3, kernelWidth: 3, format: format
    ).storedKernel(height: 3, width: 3)
    return weights / 9 * stored.rows * stored.columns * groupByteCount / format.groupSize
  }

  /// The bytes of the frames that a convolution of `kernel` keeps of `channels`.
  package static func frameByteCount(
    height: Int, width: Int, channels: Int, kernel: (t: Int, h: Int, w: Int) = (3, 3, 3),
    precision: ComputePrecision
  ) -> Int {
    let format = format(precision)
    let frame = paddedFrame(
      height: height, width: width, channels: channels, kernel: kernel, format: format,
      algorithm: .fastest(
        inputs: channels, kernelHeight: kernel.h, kernelWidth: kernel.w, format: format))
    return slots(frame, kernelTime: kernel.t) * frame.byteCount
  }

  /// How many frames of so many pixels are computed before the next ones are written.
  package static func framesAtOnce(pixels: Int) -> Int { max(1, 512 / pixels) }

  /// The places for those frames, and for the past that the first of them sees.
  private static func slots(_ frame: PaddedFrame, kernelTime: Int) -> Int {
    kernelTime - 1 + framesAtOnce(pixels: frame.height * frame.width)
  }

  private static func paddedFrame(
    height: Int, width: Int, channels: Int, kernel: (t: Int, h: Int, w: Int),
    format: ProductFormat, algorithm: ConvolutionAlgorithm
  ) -> PaddedFrame {
    PaddedFrame(
      height: height, width: width, channels: channels, format: format, marginRows: kernel.h / 2,
      marginColumns: kernel.w / 2, algorithm: algorithm)
  }

  private func paddedFrame(height: Int, width: Int) -> PaddedFrame {
    Self.paddedFrame(
      height: height, width: width, channels: inputs, kernel: kernel, format: layout.format,
      algorithm: layout.algorithm)
  }

  /// What this layer keeps of a clip of `height`×`width` that comes in pieces, in memory of its own.
  /// - Throws: `TensorError.outOfMemory`.
  package func makeState(height: Int, width: Int) throws(TensorError) -> ConvolutionState {
    let arena = try Arena(byteCount: stateByteCount(height: height, width: width))
    return makeState(height: height, width: width, in: arena)
  }

  /// The same in an arena that it shares with the states of other layers: some megabytes each, they fill huge pages only
  /// together.
  /// - Parameter arena: where it lies, with room for `stateByteCount(height:width:)`; not in a scope that ends before it.
  package func makeState(height: Int, width: Int, in arena: Arena) -> ConvolutionState {
    let frame = paddedFrame(height: height, width: width)
    return ConvolutionState(
      slots: Self.slots(frame, kernelTime: kernel.t), frame: frame, in: arena)
  }

  /// The bytes of that.
  package func stateByteCount(height: Int, width: Int) -> Int {
    let frame = paddedFrame(height: height, width: width)
    return Arena.byteCount(
      of: ConvolutionState.shape(slots: Self.slots(frame, kernelTime: kernel.t), frame: frame))
  }

  /// - Parameters:
  ///   - x: `[T, h, w, inputs]`.
  ///   - norm: what is done to `x` first.
  ///   - state: the clip up to here, to which `x` is added; `nil` where `x` is the whole clip.
  /// - Returns: `[T, h, w, outputs]`, with a pixel shuffle `[T, 2h, 2w, outputs/4]`, in the arena.
  package func callAsFunction(
    _ x: Tensor, after norm: RMSNormSiLU? = nil, state: ConvolutionState? = nil, _ compute: Compute
  ) -> Tensor {
    let result = compute.arena.tensor(outputShape(x))
    convolve(x, norm, into: result, addsToOutput: false, state, compute)
    return result
  }

  /// `residual += y`, in place.
  /// - Parameters:
  ///   - x, norm, state: as above.
  ///   - residual: of the shape of the result, other memory than `x`.
  package func callAsFunction(
    _ x: Tensor, after norm: RMSNormSiLU? = nil, addingTo residual: Tensor,
    state: ConvolutionState? = nil, _ compute: Compute
  ) {
    precondition(
      residual.shape == outputShape(x),
      "a residual of shape \(residual.shape) for \(x.shape) convolved to \(outputs) channels")
    convolve(x, norm, into: residual, addsToOutput: true, state, compute)
  }

  private func outputShape(_ x: Tensor) -> [Int] {
    precondition(
      x.shape.count == 4 && x.shape[3] == inputs,
      "\(x.shape) into a convolution of \(inputs) channels")
    return [x.shape[0], x.shape[1] * upscale, x.shape[2] * upscale, layout.channelsPerPixel]
  }

  private func convolve(
    _ x: Tensor, _ norm: RMSNormSiLU?, into result: Tensor, addsToOutput: Bool,
    _ state: ConvolutionState?, _ compute: Compute
  ) {
    let frame = paddedFrame(height: x.shape[1], width: x.shape[2])
    precondition(
      norm.map { $0.channels == inputs } ?? true, "a norm of other channels than \(inputs)")
    precondition(
      state.map {
        $0.ring.frame == frame && $0.ring.slots == Self.slots(frame, kernelTime: kernel.t)
      } ?? true,
      "frames of shape \(x.shape.dropFirst()) into the state of a clip of another size")
    compute.arena.scope { () -> Void in
      // What is no part of a longer clip has a state that lasts no longer than the call.
      let state =
        state ?? makeState(height: frame.height, width: frame.width, in: compute.arena)
      let together = Self.framesAtOnce(pixels: frame.height * frame.width)
      for first in stride(from: 0, to: x.shape[0], by: together) {
        let frames = first..<min(first + together, x.shape[0])
        write(x[frames], norm, to: state.ring, state.frameCount, compute)
        convolve(
          state.ring, state.frameCount, into: result[frames], addsToOutput: addsToOutput, compute)
        state.advance(by: frames.count)
      }
    }
    withExtendedLifetime((x, result, state, self)) {}
  }

  /// The frames of `x` become those of the clip from `number` on.
  private func write(
    _ x: Tensor, _ norm: RMSNormSiLU?, to ring: FrameRing, _ number: Int, _ compute: Compute
  ) {
    let frame = ring.frame
    let (source, pixels) = (Rows(x), frame.height * frame.width)
    // Rows of one block: some hundred positions, so that small frames are not shared out in crumbs.
    compute.pool.forBlocks(of: x.shape[0] * frame.rows, block: max(1, 96 / frame.width)) { rows in
      forEachFrame(rows, of: frame.rows) { index, rows in
        writeRows(
          source[index * pixels], rows, norm: norm?.kernel, of: frame, into: ring[number + index])
      }
    }
    withExtendedLifetime(norm) {}
  }

  private func convolve(
    _ ring: FrameRing, _ number: Int, into result: Tensor, addsToOutput: Bool, _ compute: Compute
  ) {
    let positions = result.shape[0] * ring.frame.positions
    let blockPositions = blockPositions(positions, threads: compute.pool.threads)
    let positionBlocks = (positions + blockPositions - 1) / blockPositions
    let target = Rows(result)
    let (frameStride, channelBlocks) = (result.count / result.shape[0], layout.blocks.count)
    // What is large stays while what is small is read again: weights of deep layers, pixels of others.
    let weightsStay = weight.count > ring.slots * ring.frame.byteCount / groupByteCount
    compute.pool.parallel(positionBlocks * channelBlocks) { index in
      let first =
        blockPositions * (weightsStay ? index % positionBlocks : index / channelBlocks)
      let block = first..<min(first + blockPositions, positions)
      forEachFrame(block, of: ring.frame.positions) { frame, positions in
        Kernels.convolve(
          ring, number: number + frame, positions: positions, layout: layout,
          block: weightsStay ? index / positionBlocks : index % channelBlocks,
          weights: weight.pointer, bias: bias.pointer, addsToOutput: addsToOutput,
          output: target.pointer + frame * frameStride)
      }
    }
  }

  /// Positions of one block of work: enough that its weights, which come from a farther cache, are used
  /// often, and few enough that every thread has some blocks.
  private func blockPositions(_ positions: Int, threads: Int) -> Int {
    var block = layout.positionsOfBlock
    while block > 16 && (positions + block - 1) / block * layout.blocks.count < 3 * threads {
      block /= 2
    }
    return block
  }
}

/// Calls `body` with every frame that a range of rows or positions has a part in, `count` a frame, and with that part.
private func forEachFrame(
  _ range: Range<Int>, of count: Int, _ body: (_ frame: Int, _ part: Range<Int>) -> Void
) {
  for frame in range.lowerBound / count...(range.upperBound - 1) / count {
    let start = frame * count
    body(frame, max(range.lowerBound - start, 0)..<min(range.upperBound - start, count))
  }
}
