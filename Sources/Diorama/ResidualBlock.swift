// The residual block of the autoencoder:
//
//   x ← x + conv₂(silu(norm₂(conv₁(silu(norm₁(x))))))
//
// Both convolutions are causal, 3×3×3; the norms are RMS norms over channels. x is read by norm₁ and
// by the sum, and written by the sum; what lies between the convolutions is written and read once. T
// latent frames, h rows, w columns, C channels.

import Layers
import Tensor

struct ResidualBlock: Sendable {
  private let norm1: RMSNormSiLU
  private let conv1: CausalConv3D
  private let norm2: RMSNormSiLU
  private let conv2: CausalConv3D

  init(_ weights: Weights, channels: Int) throws {
    norm1 = try RMSNormSiLU(weights["norm1"], channels: channels)
    conv1 = try CausalConv3D(weights["conv1"], inputs: channels, outputs: channels)
    norm2 = try RMSNormSiLU(weights["norm2"], channels: channels)
    conv2 = try CausalConv3D(weights["conv2"], inputs: channels, outputs: channels)
  }

  /// What the block keeps of a clip that comes in pieces.
  struct State {
    let conv1: ConvolutionState
    let conv2: ConvolutionState

    var byteCount: Int { conv1.byteCount + conv2.byteCount }

    func reset() {
      conv1.reset()
      conv2.reset()
    }
  }

  func makeState(height: Int, width: Int, in arena: Arena) -> State {
    State(
      conv1: conv1.makeState(height: height, width: width, in: arena),
      conv2: conv2.makeState(height: height, width: width, in: arena))
  }

  func stateByteCount(height: Int, width: Int) -> Int {
    conv1.stateByteCount(height: height, width: width)
      + conv2.stateByteCount(height: height, width: width)
  }

  /// x [T, h, w, C], in place.
  func callAsFunction(_ x: Tensor, state: State, _ compute: Compute) {
    compute.arena.scope { () -> Void in
      let h = conv1(x, after: norm1, state: state.conv1, compute)
      conv2(h, after: norm2, addingTo: x, state: state.conv2, compute)
    }
  }
}
