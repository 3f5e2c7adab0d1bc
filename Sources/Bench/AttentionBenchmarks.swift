// Attention with each of the patterns that the model has: everything, a frame and the text, windows
// through all frames.

import Diorama
import Kernels
import Layers
import Tensor

func attentionBenchmarks(_ shapes: ModelShapes) -> [Benchmark] {
  let (grid, large, text) = (shapes.grid, shapes.largeGrid, shapes.textTokens)
  let window = shapes.transformer.window
  let (heads, size) = (shapes.transformer.heads, shapes.transformer.headSize)
  let rows: [(name: String, tokens: Int, text: String, pattern: AttentionPattern)] = [
    ("full", text + grid.count, "\(text + grid.count) tokens", .full(text + grid.count)),
    (
      "frame-and-text", text + grid.count, gridText(grid) + " + \(text)",
      frameAndText(grid, text: text)
    ),
    ("windows", grid.count, gridText(grid), windows(grid, window, shifted: false)),
    (
      "frame-and-text-large", text + large.count, gridText(large) + " + \(text)",
      frameAndText(large, text: text)
    ),
    ("windows-large", large.count, gridText(large), windows(large, window, shifted: false)),
    (
      "windows-large-shifted", large.count, gridText(large),
      windows(large, window, shifted: true)
    ),
  ]
  return rows.map { row in
    attentionBenchmark(
      row.name, tokens: row.tokens, heads: heads, headSize: size,
      shape: "\(row.text), \(heads) heads of \(size)", row.pattern)
  } + [
    attentionBenchmark(
      "text-encoder", tokens: text, heads: shapes.textEncoderHeads,
      headSize: shapes.textEncoderHeadSize,
      shape: "\(text) tokens, \(shapes.textEncoderHeads) heads of \(shapes.textEncoderHeadSize)",
      .full(text)),
    packing(shapes, keys: true), packing(shapes, keys: false),
  ]
}

private func attentionBenchmark(
  _ name: String, tokens: Int, heads: Int, headSize: Int, shape: String,
  _ pattern: AttentionPattern
) -> Benchmark {
  .arithmetic(
    "attention/\(name)", shape: shape,
    operations: attentionOperations(pattern, width: heads * headSize)
  ) { threads in
    let size = [tokens, heads, headSize]
    let (q, k, v) = (
      try Tensor.normals(size, seed: 1), try Tensor.normals(size, seed: 2),
      try Tensor.normals(size, seed: 3)
    )
    let compute = try makeCompute(threads: threads)
    return {
      compute.arena.scope {
        _ = attention(queries: q, keys: k, values: v, pattern: pattern, compute)
      }
    }
  }
}

/// The gathering of keys or values into tiles, which goes before; one thread.
private func packing(_ shapes: ModelShapes, keys: Bool) -> Benchmark {
  let (heads, size) = (shapes.transformer.heads, shapes.transformer.headSize)
  let tokens = shapes.grid.count / attentionTileKeys * attentionTileKeys
  return .memory(
    keys ? "attention/pack-keys" : "attention/pack-values",
    shape: dimensions([tokens, heads, size]), floats: 2 * tokens * heads * size, isParallel: false
  ) { _ in
    let source = try Tensor.normals([tokens, heads, size])
    let tiles = try Tensor([tokens, heads, size])
    let offsets = (0..<attentionTileKeys).map { $0 * heads * size }
    let tileSize = attentionTileKeys * size
    return {
      for number in 0..<tokens / attentionTileKeys * heads {
        let start =
          number / heads * attentionTileKeys * heads * size + number % heads * size
        let tile = tiles.pointer + number * tileSize
        if keys {
          packKeys(
            source.pointer + start, offsets: offsets, rows: attentionTileKeys, headSize: size,
            factor: 0.125, into: tile)
        } else {
          packValues(
            source.pointer + start, offsets: offsets, rows: attentionTileKeys, headSize: size,
            into: tile)
        }
      }
      withExtendedLifetime((source, tiles)) {}
    }
  }
}

private func gridText(_ grid: LatentGrid) -> String {
  dimensions([grid.frames, grid.rows, grid.columns])
}
