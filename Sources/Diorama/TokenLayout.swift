// Which token stands where, and which look at which.
//
// The tokens of a spatial block lie in one array: the text of all shots, then all picture tokens,
//
//   [text 1][text 2] … [frame 1][frame 2] … [frame T]      ΣL + N rows
//
// so that a mask is a list of row ranges. L text tokens of a shot, T latent frames, h rows, w columns,
// N = T·h·w.

import Layers
package import Tensor

/// The layout of one clip and one prompt; the same for every step.
package struct TokenLayout: Sendable {
  package let grid: LatentGrid
  /// L of each shot.
  package let textLengths: [Int]
  /// Latent frames of each shot, together T.
  package let shotFrames: [Int]

  /// The turns of the text tokens [ΣL, headSize/2] and of the picture tokens [N, headSize/2].
  let textTable: RotaryTable
  let pictureTable: RotaryTable
  /// Rows of the joint array, text first.
  let spatialPattern: AttentionPattern
  /// Rows of the picture tokens alone; the second has its windows shifted by half.
  let temporalPatterns: [AttentionPattern]

  /// ΣL.
  package var textCount: Int { textLengths.reduce(0, +) }

  /// - Throws: `TensorError.outOfMemory`.
  package init(
    textLengths: [Int], shotFrames: [Int], grid: LatentGrid,
    configuration: TransformerConfiguration
  ) throws(TensorError) {
    precondition(
      textLengths.count == shotFrames.count && shotFrames.reduce(0, +) == grid.frames
        && textLengths.allSatisfy { $0 > 0 } && shotFrames.allSatisfy { $0 > 0 },
      "texts \(textLengths) and frames \(shotFrames) of shots in a clip of \(grid.frames)")
    self.grid = grid
    self.textLengths = textLengths
    self.shotFrames = shotFrames
    let encoding = PositionEncoding(axes: configuration.ropeAxes, theta: configuration.ropeTheta)
    let places = PositionEncoding.coordinates(
      textLengths: textLengths, shotFrames: shotFrames, rows: grid.rows, columns: grid.columns)
    textTable = try encoding.table(places.text)
    pictureTable = try encoding.table(places.pictures)
    (spatialPattern, temporalPatterns) = Self.patterns(
      textLengths: textLengths, shotFrames: shotFrames, grid: grid, configuration: configuration)
  }

  /// Who looks at whom in spatial blocks, and in temporal blocks of even and of odd number.
  static func patterns(
    textLengths: [Int], shotFrames: [Int], grid: LatentGrid,
    configuration: TransformerConfiguration
  ) -> (spatial: AttentionPattern, temporal: [AttentionPattern]) {
    switch configuration.attention {
    case .full:
      return (
        .full(textLengths.reduce(grid.count, +)),
        [.full(grid.count), .full(grid.count)]
      )
    case .alternating:
      return (
        byShot(textLengths: textLengths, shotFrames: shotFrames, grid: grid),
        [false, true].map { windows(grid, window: configuration.window, shifted: $0) }
      )
    }
  }

  /// A picture token looks at its frame and its shot's text; a text token at its text and its shot's
  /// pictures.
  private static func byShot(
    textLengths: [Int], shotFrames: [Int], grid: LatentGrid
  ) -> AttentionPattern {
    var groups: [AttentionPattern.Group] = []
    var textStart = 0
    var pictureStart = textLengths.reduce(0, +)
    for (length, frames) in zip(textLengths, shotFrames) {
      let text = textStart..<textStart + length
      let pictures = pictureStart..<pictureStart + frames * grid.positionsPerFrame
      for start in stride(
        from: pictures.lowerBound, to: pictures.upperBound, by: grid.positionsPerFrame)
      {
        let frame = start..<start + grid.positionsPerFrame
        groups.append(AttentionPattern.Group(queries: [frame], keys: [text, frame]))
      }
      groups.append(AttentionPattern.Group(queries: [text], keys: [text, pictures]))
      textStart = text.upperBound
      pictureStart = pictures.upperBound
    }
    return AttentionPattern(groups: groups)
  }

  /// A picture token looks at all frames inside its window of rows and columns.
  private static func windows(
    _ grid: LatentGrid, window: [Int], shifted: Bool
  ) -> AttentionPattern {
    var groups: [AttentionPattern.Group] = []
    for rows in windowBounds(grid.rows, window: window[0], shifted: shifted) {
      for columns in windowBounds(grid.columns, window: window[1], shifted: shifted) {
        let tokens = tokenRuns(grid, rows: rows, columns: columns)
        groups.append(AttentionPattern.Group(queries: tokens, keys: tokens))
      }
    }
    return AttentionPattern(groups: groups)
  }

  /// The windows along one side: steps of `window`, from −window/2 where they are shifted; the whole
  /// side where it fits into one.
  static func windowBounds(_ size: Int, window: Int, shifted: Bool) -> [Range<Int>] {
    if size <= window { return [0..<size] }
    let first = shifted ? -(window / 2) : 0
    return stride(from: first, to: size, by: window).map { max($0, 0)..<min($0 + window, size) }
  }

  /// The picture tokens of a rectangle in all frames, neighbouring runs joined.
  private static func tokenRuns(
    _ grid: LatentGrid, rows: Range<Int>, columns: Range<Int>
  ) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    for frame in 0..<grid.frames {
      for row in rows {
        let start = (frame * grid.rows + row) * grid.columns
        let run = start + columns.lowerBound..<start + columns.upperBound
        if let last = runs.last, last.upperBound == run.lowerBound {
          runs[runs.count - 1] = last.lowerBound..<run.upperBound
        } else {
          runs.append(run)
        }
      }
    }
    return runs
  }
}
