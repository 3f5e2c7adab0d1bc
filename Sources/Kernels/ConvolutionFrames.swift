// What a convolution reads: frames with a border of zeros, so that no tap has to ask whether it lies
// inside, in the format of its products. A group is four bytes, one Float32 or a pair of bfloat16.

/// The shape of a padded frame: `[height + 2·marginRows, width + 2·marginColumns, groups]`, or by Winograd's algorithm
/// `[16, rows, columns, groups]`, the sums and differences of the pixels that a square of 2×2 sees.
package struct PaddedFrame: Sendable, Equatable {
  package let height: Int
  package let width: Int
  package let channels: Int
  package let format: ProductFormat
  /// Rows of zeros above and below, columns of zeros left and right: half the kernel. Winograd's algorithm adds the
  /// zeros to others, and has none of these.
  package let marginRows: Int
  package let marginColumns: Int
  package let algorithm: ConvolutionAlgorithm

  package init(
    height: Int, width: Int, channels: Int, format: ProductFormat, marginRows: Int,
    marginColumns: Int, algorithm: ConvolutionAlgorithm = .direct
  ) {
    precondition(
      algorithm == .direct || marginRows == 1 && marginColumns == 1,
      "Winograd's algorithm for another kernel")
    self.height = height
    self.width = width
    self.channels = channels
    self.format = format
    self.marginRows = algorithm == .direct ? marginRows : 0
    self.marginColumns = algorithm == .direct ? marginColumns : 0
    self.algorithm = algorithm
  }

  /// Rows and columns of what a convolution computes as one: a pixel, or a square of 2×2.
  package var rows: Int { (height + algorithm.side - 1) / algorithm.side }
  package var columns: Int { (width + algorithm.side - 1) / algorithm.side }
  package var positions: Int { rows * columns }

  package var pixelByteCount: Int { format.groups(channels) * groupByteCount }
  package var rowByteCount: Int { (columns + 2 * marginColumns) * pixelByteCount }
  package var byteCount: Int { (storedRows + 2 * marginRows) * rowByteCount }

  private var storedRows: Int {
    algorithm == .direct ? height : ConvolutionAlgorithm.components * rows
  }

  /// Where a pixel lies; row −1 is the last of the border above.
  package func offset(row: Int, column: Int) -> Int {
    (row + marginRows) * rowByteCount + (column + marginColumns) * pixelByteCount
  }

  /// Where one of Winograd's sums lies.
  package func offset(component: Int, row: Int, column: Int) -> Int {
    offset(row: component * rows + row, column: column)
  }

  /// Makes the border of a frame zero; the rest is left as it is.
  package func clearBorder(_ frame: UnsafeMutableRawPointer) {
    let above = marginRows * rowByteCount
    let side = marginColumns * pixelByteCount
    clear(frame, above)
    for row in 0..<storedRows {
      let start = frame + above + row * rowByteCount
      clear(start, side)
      clear(start + (rowByteCount - side), side)
    }
    clear(frame + (byteCount - above), above)
  }
}

private func clear(_ start: UnsafeMutableRawPointer, _ byteCount: Int) {
  start.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
}

/// The padded frames that a causal convolution sees: as many as its kernel has, or more where it computes some at
/// once. Frame `n` of the clip is in slot `n mod slots`, so that the newest takes the place of one that nobody sees
/// any more.
package struct FrameRing: @unchecked Sendable {
  package let frame: PaddedFrame
  package let slots: Int
  private let base: UnsafeMutableRawPointer

  /// - Parameter base: room for `slots` frames, whose borders are zero.
  package init(_ base: UnsafeMutableRawPointer, frame: PaddedFrame, slots: Int) {
    self.base = base
    self.frame = frame
    self.slots = slots
  }

  package subscript(number: Int) -> UnsafeMutableRawPointer {
    base + number % slots * frame.byteCount
  }

  package func clearBorders() {
    for slot in 0..<slots { frame.clearBorder(self[slot]) }
  }
}
