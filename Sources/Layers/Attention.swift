import Kernels
package import Tensor

/// `softmax(q kᵀ / √headSize) v` for each head, each token looking at the keys its group names.
///
/// Keys and values of a group are packed into tiles once; then blocks of 32 queries run over the
/// tiles with a running softmax, so that the score matrix is never whole in memory. The split into
/// blocks depends on the pattern alone.
/// - Parameters:
///   - queries, keys, values: `[N, heads, headSize]`, `headSize` a multiple of 16.
///   - pattern: rows of these arrays.
/// - Returns: `[N, heads * headSize]`, in the arena; besides it the call takes
///   `attentionScratchByteCount` from the arena and gives it back.
package func attention(
  queries: Tensor, keys: Tensor, values: Tensor, pattern: AttentionPattern, _ compute: Compute
) -> Tensor {
  precondition(
    queries.shape.count == 3 && keys.shape == values.shape && keys.shape.count == 3
      && keys.shape.dropFirst() == queries.shape.dropFirst(),
    "queries \(queries.shape), keys \(keys.shape) and values \(values.shape) do not fit")
  let (heads, headSize) = (queries.shape[1], queries.shape[2])
  precondition(headSize > 0 && headSize % 16 == 0, "a head of \(headSize) numbers")
  let result = compute.arena.tensor([queries.shape[0], heads * headSize])
  compute.arena.scope {
    let tiles = AttentionTiles(
      pattern: pattern, heads: heads, headSize: headSize,
      memory: compute.arena.tensor([
        attentionScratchByteCount(pattern, heads: heads, headSize: headSize) / 4
      ]))
    tiles.pack(keys: keys, values: values, compute.pool)
    if pattern.groups.reduce(0, { $0 + $1.queryCount }) < queries.shape[0] { result.fill(0) }
    tiles.attend(queries: queries, into: result, compute.pool)
  }
  withExtendedLifetime((queries, keys, values, result)) {}
  return result
}

/// The bytes that `attention` takes from the arena for the time of a call, besides its result.
package func attentionScratchByteCount(
  _ pattern: AttentionPattern, heads: Int, headSize: Int
) -> Int {
  let tiles = pattern.groups.reduce(0) { $0 + tileCount($1.keyCount) }
  return 2 * tiles * attentionTileKeys * heads * headSize * MemoryLayout<Float>.stride
}

private func tileCount(_ keys: Int) -> Int {
  (keys + attentionTileKeys - 1) / attentionTileKeys
}

/// The packed keys and values of all groups and heads: for each group, for each head, the key
/// tiles and then the value tiles.
private struct AttentionTiles: @unchecked Sendable {
  /// One tile of keys, or one block of queries, of one group.
  private struct Task {
    let group: Int
    let index: Int
  }

  private let pattern: AttentionPattern
  private let heads: Int
  private let headSize: Int
  private let memory: Tensor
  /// Where the tiles of each group begin, in floats.
  private let starts: [Int]
  /// The tiles of each group.
  private let tileCounts: [Int]
  private let packTasks: [Task]
  private let queryTasks: [Task]

  init(pattern: AttentionPattern, heads: Int, headSize: Int, memory: Tensor) {
    self.pattern = pattern
    self.heads = heads
    self.headSize = headSize
    self.memory = memory
    var starts: [Int] = []
    var tileCounts: [Int] = []
    var packTasks: [Task] = []
    var queryTasks: [Task] = []
    var next = 0
    for (number, group) in pattern.groups.enumerated() {
      let tiles = tileCount(group.keyCount)
      starts.append(next)
      tileCounts.append(tiles)
      next += 2 * tiles * attentionTileKeys * heads * headSize
      for tile in 0..<tiles { packTasks.append(Task(group: number, index: tile)) }
      let blocks = (group.queryCount + attentionBlockQueries - 1) / attentionBlockQueries
      for block in 0..<blocks { queryTasks.append(Task(group: number, index: block)) }
    }
    self.starts = starts
    self.tileCounts = tileCounts
    self.packTasks = packTasks
    self.queryTasks = queryTasks
  }

  func pack(keys: Tensor, values: Tensor, _ pool: WorkerPool) {
    let keyRows = Rows(keys)
    let valueRows = Rows(values)
    // 1/√d of the softmax, and log₂e so that it can be computed with powers of two.
    let factor = Float(1.4426950408889634 / Double(headSize).squareRoot())
    pool.parallel(packTasks.count * heads) { number in
      let task = packTasks[number / heads]
      let head = number % heads
      let tileSize = attentionTileKeys * headSize
      let keyTile = tiles(task.group, head) + task.index * tileSize
      let valueTile = keyTile + tileCounts[task.group] * tileSize
      withRowOffsets(
        of: pattern.groups[task.group].keys, block: task.index, size: attentionTileKeys
      ) { offsets, count in
        packKeys(
          keyRows.pointer + head * headSize, offsets: offsets, rows: count, headSize: headSize,
          factor: factor, into: keyTile)
        packValues(
          valueRows.pointer + head * headSize, offsets: offsets, rows: count, headSize: headSize,
          into: valueTile)
      }
    }
  }

  func attend(queries: Tensor, into result: Tensor, _ pool: WorkerPool) {
    let queryRows = Rows(queries)
    let output = Rows(result)
    pool.parallel(queryTasks.count * heads) { number in
      let task = queryTasks[number / heads]
      let head = number % heads
      let group = pattern.groups[task.group]
      let keyTiles = tiles(task.group, head)
      withRowOffsets(of: group.queries, block: task.index, size: attentionBlockQueries) {
        offsets, count in
        attendBlock(
          queries: queryRows.pointer + head * headSize, output: output.pointer + head * headSize,
          offsets: offsets, rows: count, headSize: headSize, keyTiles: keyTiles,
          valueTiles: keyTiles + tileCounts[task.group] * attentionTileKeys * headSize,
          keyCount: group.keyCount)
      }
    }
  }

  /// Where the key tiles of a group and head begin; its value tiles follow.
  private func tiles(_ group: Int, _ head: Int) -> UnsafeMutablePointer<Float> {
    let size = 2 * tileCounts[group] * attentionTileKeys * headSize
    return memory.pointer + starts[group] + head * size
  }

  /// Calls `body` with where the rows of a block begin, in elements: the block is the positions
  /// `block * size ..< (block + 1) * size` of the concatenated ranges.
  private func withRowOffsets(
    of ranges: [Range<Int>], block: Int, size: Int,
    _ body: (_ offsets: UnsafePointer<Int>, _ count: Int) -> Void
  ) {
    // At most 64 of them: Swift puts that on the stack.
    withUnsafeTemporaryAllocation(of: Int.self, capacity: size) { offsets in
      let start = block * size
      var position = 0
      var count = 0
      for range in ranges {
        let lower = max(start, position)
        let upper = min(start + size, position + range.count)
        for index in lower..<max(lower, upper) {
          let row = range.lowerBound + index - position
          offsets.initializeElement(at: count, to: row * heads * headSize)
          count += 1
        }
        position += range.count
      }
      if let base = offsets.baseAddress, count > 0 { body(base, count) }
    }
  }
}
