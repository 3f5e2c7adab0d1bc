// Attention in each precision, with each of the patterns that the model has (everything, a frame and
// the text, windows through all frames) and with those that others have; and its lengths.

import Diorama
import Kernels
import Layers
import Tensor

/// One shape of attention, measured in every precision.
struct AttentionCase {
  let name: String
  let shape: String
  let tokens: Int
  let heads: Int
  let keyHeads: Int
  let headSize: Int
  let pattern: AttentionPattern

  init(
    _ name: String, _ text: String, tokens: Int, heads: Int, keyHeads: Int? = nil, headSize: Int,
    _ pattern: AttentionPattern
  ) {
    self.name = name
    self.tokens = tokens
    self.heads = heads
    self.keyHeads = keyHeads ?? heads
    self.headSize = headSize
    self.pattern = pattern
    let ofKeys = keyHeads.map { ", \($0) of keys" } ?? ""
    shape = "\(text), \(heads) heads of \(headSize)\(ofKeys)"
  }

  /// Full attention at the lengths that others are measured at.
  init(tokens: Int, heads: Int, headSize: Int) {
    self.init(
      "full-\(tokens)x\(headSize)", "\(tokens) tokens", tokens: tokens, heads: heads,
      headSize: headSize, .full(tokens))
  }

  func benchmark(_ precision: ComputePrecision) -> Benchmark {
    .arithmetic(
      "attention/\(name)", in: precision, shape: shape,
      operations: attentionOperations(pattern, width: heads * headSize)
    ) { threads in
      let q = try Tensor.normals([tokens, heads, headSize], seed: 1)
      let k = try Tensor.normals([tokens, keyHeads, headSize], seed: 2)
      let v = try Tensor.normals([tokens, keyHeads, headSize], seed: 3)
      let compute = try makeCompute(threads: threads)
      return {
        compute.arena.scope {
          _ = attention(
            queries: q, keys: k, values: v, pattern: pattern, precision: precision, compute)
        }
      }
    }
  }
}

func attentionBenchmarks(_ shapes: ModelShapes) -> [Benchmark] {
  let cases = modelCases(shapes) + lengthCases + patternCases
  return cases.flatMap { item in ComputePrecision.allCases.map { item.benchmark($0) } }
    + AttentionArithmetic.allCases.flatMap {
      [packing(shapes, $0, keys: true), packing(shapes, $0, keys: false)]
    }
}

/// What the bundled model computes, at its native size and at a large one.
private func modelCases(_ shapes: ModelShapes) -> [AttentionCase] {
  let (grid, large, text) = (shapes.grid, shapes.largeGrid, shapes.textTokens)
  let window = shapes.transformer.window
  let (heads, size) = (shapes.transformer.heads, shapes.transformer.headSize)
  func item(
    _ name: String, _ description: String, _ tokens: Int, _ pattern: AttentionPattern
  ) -> AttentionCase {
    AttentionCase(name, description, tokens: tokens, heads: heads, headSize: size, pattern)
  }
  return [
    item("full", "\(text + grid.count) tokens", text + grid.count, .full(text + grid.count)),
    item(
      "frame-and-text", gridText(grid) + " + \(text)", text + grid.count,
      frameAndText(grid, text: text)),
    item("windows", gridText(grid), grid.count, windows(grid, window, shifted: false)),
    item(
      "frame-and-text-large", gridText(large) + " + \(text)", text + large.count,
      frameAndText(large, text: text)),
    item("windows-large", gridText(large), large.count, windows(large, window, shifted: false)),
    item(
      "windows-large-shifted", gridText(large), large.count,
      windows(large, window, shifted: true)),
    AttentionCase(
      "text-encoder", "\(text) tokens", tokens: text, heads: shapes.textEncoderHeads,
      headSize: shapes.textEncoderHeadSize, .full(text)),
  ]
}

/// Full attention as larger video transformers have it.
private let lengthCases = [
  AttentionCase(tokens: 832, heads: 12, headSize: 64),
  AttentionCase(tokens: 3_328, heads: 4, headSize: 64),
  AttentionCase(tokens: 8_192, heads: 4, headSize: 64),
  AttentionCase(tokens: 832, heads: 12, headSize: 128),
  AttentionCase(tokens: 3_328, heads: 4, headSize: 128),
]

/// What models that make frames one after the other have: 13 frames of 256 tokens.
private let patternCases: [AttentionCase] = {
  let rules: [(String, AttentionPattern.Visibility)] = [
    ("causal", .causal()), ("block-causal", .causal(block: 256)),
    ("sliding-window", .window(before: 256, after: 256)),
  ]
  return rules.map { name, visibility in
    AttentionCase(
      name, "3328 tokens", tokens: 3_328, heads: 4, headSize: 64,
      .full(3_328, visibility: visibility))
  } + [
    AttentionCase(
      "grouped-query", "3328 tokens", tokens: 3_328, heads: 4, keyHeads: 1, headSize: 64,
      .full(3_328))
  ]
}()

/// The gathering of keys or values into panels, which goes before; one thread.
private func packing(
  _ shapes: ModelShapes, _ arithmetic: AttentionArithmetic, keys: Bool
) -> Benchmark {
  let (heads, size) = (shapes.transformer.heads, shapes.transformer.headSize)
  let tokens = shapes.grid.count / attentionTileKeys * attentionTileKeys
  let words =
    keys
    ? arithmetic.keyWords(attentionTileKeys, headSize: size)
    : arithmetic.valueWords(attentionTileKeys, headSize: size)
  let tiles = tokens / attentionTileKeys * heads
  return .memory(
    "attention/pack-\(keys ? "keys" : "values")-\(arithmetic)",
    shape: dimensions([tokens, heads, size]), floats: tokens * heads * size + tiles * words,
    isParallel: false
  ) { _ in
    let source = try Tensor.normals([tokens, heads, size])
    let result = try Tensor([tiles, words])
    let offsets = (0..<attentionTileKeys).map { $0 * heads * size }
    return {
      let panels = UnsafeMutableRawPointer(result.pointer)
        .bindMemory(to: UInt32.self, capacity: tiles * words)
      for number in 0..<tiles {
        let start =
          number / heads * attentionTileKeys * heads * size + number % heads * size
        let pack = keys ? packKeys : packValues
        pack(
          arithmetic, source.pointer + start, offsets, attentionTileKeys, size,
          panels + number * words)
      }
      withExtendedLifetime((source, result)) {}
    }
  }
}

private func gridText(_ grid: LatentGrid) -> String {
  dimensions([grid.frames, grid.rows, grid.columns])
}
