import Synchronization
import Tensor

/// What a decoder's last stream worked on, for the next one of the same size: new memory is cleared page by page as it is
/// first touched, and on a virtual machine that gives free pages back it may first have to come from the host.
final class SpareState: Sendable {
  /// A larger state is not kept: it would stand beside the next clip's activations.
  static let mostBytes = 64 << 20

  private let kept = Mutex<Decoder.State?>(nil)

  /// A state at the start of a clip, which comes back here with the end of the lease.
  /// - Parameters:
  ///   - rows, columns: of the latents.
  ///   - make: makes a new one.
  func lease(
    rows: Int, columns: Int, _ make: () throws(TensorError) -> Decoder.State
  ) throws(TensorError) -> Lease {
    let found = kept.withLock { kept in
      defer { kept = nil }
      return kept
    }
    guard let found, found.rows == rows, found.columns == columns else {
      return Lease(try make(), self)
    }
    found.reset()
    return Lease(found, self)
  }

  private func take(back state: Decoder.State) {
    if state.byteCount <= Self.mostBytes { kept.withLock { $0 = state } }
  }

  /// A state, for as long as a stream needs it.
  final class Lease {
    let state: Decoder.State
    private let owner: SpareState

    fileprivate init(_ state: Decoder.State, _ owner: SpareState) {
      self.state = state
      self.owner = owner
    }

    deinit { owner.take(back: state) }
  }
}
