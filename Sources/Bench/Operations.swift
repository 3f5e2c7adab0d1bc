// The floating-point operations of the model's parts, by formula, a multiplication with its addition
// counted as two. Norms, softmax and activations are left out: they are held to the memory.

import Diorama
import Layers
import Text

/// q kᵀ and the sum of the values, of all heads.
func attentionOperations(_ pattern: AttentionPattern, width: Int) -> Double {
  pattern.groups.reduce(0) { $0 + 4 * Double($1.pairCount) * Double(width) }
}

/// The pattern of a spatial block with one shot: a picture token looks at its frame and the text, a
/// text token at everything. Rows: text, then pictures.
func frameAndText(_ grid: LatentGrid, text: Int) -> AttentionPattern {
  let words = 0..<text
  let frames = (0..<grid.frames).map { frame in
    let start = text + frame * grid.positionsPerFrame
    return start..<start + grid.positionsPerFrame
  }
  return AttentionPattern(
    groups: frames.map { AttentionPattern.Group(queries: [$0], keys: [words, $0]) } + [
      AttentionPattern.Group(queries: [words], keys: [words, text..<text + grid.count])
    ])
}

/// The pattern of a temporal block: a window of rows and columns through all frames.
func windows(_ grid: LatentGrid, _ window: [Int], shifted: Bool) -> AttentionPattern {
  var groups: [AttentionPattern.Group] = []
  for rows in bounds(grid.rows, window[0], shifted) {
    for columns in bounds(grid.columns, window[1], shifted) {
      let runs = (0..<grid.frames).flatMap { frame in
        rows.map { row in
          let start = (frame * grid.rows + row) * grid.columns
          return start + columns.lowerBound..<start + columns.upperBound
        }
      }
      groups.append(AttentionPattern.Group(queries: runs, keys: runs))
    }
  }
  return AttentionPattern(groups: groups)
}

private func bounds(_ size: Int, _ window: Int, _ shifted: Bool) -> [Range<Int>] {
  if size <= window { return [0..<size] }
  return stride(from: shifted ? -(window / 2) : 0, to: size, by: window).map {
    max($0, 0)..<min($0 + window, size)
  }
}

/// One evaluation of the transformer for one shot.
func transformerOperations(_ shapes: ModelShapes) -> Double {
  let (configuration, grid) = (shapes.transformer, shapes.grid)
  let width = configuration.width
  let stream = { (tokens: Int) in
    2 * Double(tokens * width * width) * Double(4 + 2 * configuration.mlpRatio)
  }
  var sum = 0.0
  for pair in 0..<configuration.pairs {
    sum += 2 * stream(grid.count) + stream(shapes.textTokens)
    switch configuration.attention {
    case .alternating:
      sum += attentionOperations(frameAndText(grid, text: shapes.textTokens), width: width)
      sum += attentionOperations(
        windows(grid, configuration.window, shifted: pair % 2 == 1), width: width)
    case .full:
      sum += attentionOperations(.full(shapes.textTokens + grid.count), width: width)
      sum += attentionOperations(.full(grid.count), width: width)
    }
  }
  let ends = configuration.inputChannels + configuration.latentChannels
  let time = 2 * Double(width * (configuration.timeWidth + 9 * width))
  return sum + 2 * Double(grid.count * width * ends) + time
}

/// The text encoder for one text.
func textEncoderOperations(_ configuration: TextEncoder.Configuration, tokens: Int) -> Double {
  let (width, hidden) = (Double(configuration.width), Double(configuration.hiddenWidth))
  let count = Double(tokens)
  return Double(configuration.layers)
    * (2 * count * width * (4 * width + 2 * hidden) + 4 * count * count * width)
}

/// The decoder or the encoder for a whole clip: its convolutions, the linear path past them, and the
/// Haar transform, which is three passes of four sums over four numbers.
func autoencoderOperations(_ list: [ConvolutionShape], _ shapes: ModelShapes) -> Double {
  let coefficients = shapes.grid.positionsPerFrame * 16 * ModelShapes.coefficients
  let fixed = 2 * Double(shapes.shortcutProducts + 12 * coefficients)
  return Double(shapes.grid.frames)
    * list.reduce(fixed) { $0 + $1.operations * Double($1.times) }
}
