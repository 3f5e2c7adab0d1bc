import Kernels
package import Tensor

/// `softmax(q kᵀ / √headSize) v` for each head, each token looking at the keys its group names.
///
/// Keys and values of a group are packed into tiles once; then blocks of up to 192 queries run over
/// the tiles with a running softmax, so that the score matrix is never whole in memory. Queries,
/// keys and values are read once from memory, packed keys and values written once and read once for
/// each block, the result written once. The split into blocks depends on the pattern alone.
/// - Parameters:
///   - queries: `[N, heads, headSize]`, `headSize` a multiple of 8.
///   - keys, values: `[M, keyHeads, headSize]`; `keyHeads` divides `heads`, and each of them serves
///     as many consecutive heads of queries (grouped-query attention, arXiv 2305.13245).
///   - pattern: rows of these arrays.
///   - precision: what the products are made of: all Float32; bfloat16; or queries and keys in eight
///     bits with a scale a token, weights and values in bfloat16. Softmax and sums are Float32. On
///     processors that lack the instructions, Float32 takes their place.
/// - Returns: `[N, heads * headSize]`, in the arena; besides it the call takes
///   `attentionScratchByteCount` from the arena and gives it back.
package func attention(
  queries: Tensor, keys: Tensor, values: Tensor, pattern: AttentionPattern,
  precision: ComputePrecision = .f32, _ compute: Compute
) -> Tensor {
  precondition(
    queries.shape.count == 3 && keys.shape == values.shape && keys.shape.count == 3
      && keys.shape[2] == queries.shape[2] && keys.shape[1] > 0
      && queries.shape[1] % keys.shape[1] == 0,
    "queries \(queries.shape), keys \(keys.shape) and values \(values.shape) do not fit")
  let (heads, headSize) = (queries.shape[1], queries.shape[2])
  precondition(headSize > 0 && headSize % 8 == 0, "a head of \(headSize) numbers")
  let result = compute.arena.tensor([queries.shape[0], heads * headSize])
  compute.arena.scope {
    let plan = AttentionPlan(
      pattern, heads: heads, keyHeads: keys.shape[1], headSize: headSize, precision: precision)
    let run = AttentionRun(plan, memory: compute.arena.tensor([plan.words]))
    run.pack(keys: keys, values: values, compute.pool)
    if pattern.groups.reduce(0, { $0 + $1.queryCount }) < queries.shape[0] { result.fill(0) }
    run.attend(queries: queries, into: result, compute.pool)
  }
  withExtendedLifetime((queries, keys, values, result)) {}
  return result
}

/// The bytes that `attention` takes from the arena for the time of a call, besides its result: in
/// Float32, and in other precisions at most.
package func attentionScratchByteCount(
  _ pattern: AttentionPattern, heads: Int, keyHeads: Int? = nil, headSize: Int
) -> Int {
  let plan = AttentionPlan(
    pattern, heads: heads, keyHeads: keyHeads ?? heads, headSize: headSize, precision: .f32)
  return plan.words * MemoryLayout<Float>.stride
}

/// A call, cut into tasks, and where each has its memory: for each group and head of keys the packed
/// keys and then the packed values; then a scratch for each of the tasks that run at once.
private struct AttentionPlan: Sendable {
  /// A tile of keys of one group.
  struct KeyTask {
    let group: Int
    let index: Int
  }

  /// A block of queries of one group and head.
  struct QueryTask {
    let group: Int
    let head: Int
    let index: Int
  }

  let groups: [AttentionPattern.Group]
  let heads: Int
  let keyHeads: Int
  let headSize: Int
  let arithmetic: AttentionArithmetic
  let keyTasks: [KeyTask]
  /// Group by group, which keeps threads to their rows; all blocks of a head one after the other, so
  /// that its keys are still in a cache.
  let queryTasks: [QueryTask]
  /// Where each group begins, in words, and after them the scratches.
  private let starts: [Int]

  init(
    _ pattern: AttentionPattern, heads: Int, keyHeads: Int, headSize: Int,
    precision: ComputePrecision
  ) {
    let wanted = AttentionArithmetic(precision)
    arithmetic = wanted.isNative ? wanted : .f32
    groups = pattern.groups
    self.heads = heads
    self.keyHeads = keyHeads
    self.headSize = headSize
    var starts = [0]
    var keyTasks: [KeyTask] = []
    var queryTasks: [QueryTask] = []
    for (number, group) in groups.enumerated() {
      let (queries, keys) = (group.queryCount, group.keyCount)
      for tile in 0..<blocks(keys, of: attentionTileKeys) {
        keyTasks.append(KeyTask(group: number, index: tile))
      }
      for head in 0..<heads {
        for block in 0..<blocks(queries, of: attentionBlockQueries) {
          queryTasks.append(QueryTask(group: number, head: head, index: block))
        }
      }
      let words =
        arithmetic.keyWords(keys, headSize: headSize)
        + arithmetic.valueWords(keys, headSize: headSize)
      starts.append((starts.last ?? 0) + keyHeads * words)
    }
    self.starts = starts
    self.keyTasks = keyTasks
    self.queryTasks = queryTasks
  }

  /// How many tasks of queries run at once. It does not depend on the number of threads, so that the
  /// memory can be planned without it; what is not used is never touched.
  var lanes: Int { min(queryTasks.count, 64) }

  var words: Int { (starts.last ?? 0) + lanes * laneWords }

  /// The kernel's scratch, and for each query of a block a row offset and the keys it sees.
  private var laneWords: Int {
    attentionScratchWords(headSize: headSize) + 4 * attentionBlockQueries
  }

  /// Where a group's keys for a head of keys begin; values follow after `valueOffset` words.
  func keyOffset(group: Int, keyHead: Int) -> Int {
    starts[group] + (starts[group + 1] - starts[group]) / keyHeads * keyHead
  }

  func valueOffset(group: Int) -> Int {
    arithmetic.keyWords(groups[group].keyCount, headSize: headSize)
  }

  func scratchOffset(lane: Int) -> Int {
    (starts.last ?? 0) + lane * laneWords
  }
}

extension AttentionArithmetic {
  fileprivate init(_ precision: ComputePrecision) {
    switch precision {
    case .f32: self = .f32
    case .bf16: self = .bf16
    case .int8: self = .int8
    }
  }
}

private func blocks(_ count: Int, of size: Int) -> Int { (count + size - 1) / size }

/// A plan and its memory.
private struct AttentionRun: @unchecked Sendable {
  private let plan: AttentionPlan
  private let memory: UnsafeMutablePointer<UInt32>

  /// - Parameter memory: kept alive by the caller.
  init(_ plan: AttentionPlan, memory: Tensor) {
    self.plan = plan
    self.memory = UnsafeMutableRawPointer(memory.pointer).bindMemory(
      to: UInt32.self, capacity: max(plan.words, 1))
  }

  func pack(keys: Tensor, values: Tensor, _ pool: WorkerPool) {
    let (keyRows, valueRows) = (Rows(keys), Rows(values))
    let (arithmetic, headSize, keyHeads) = (plan.arithmetic, plan.headSize, plan.keyHeads)
    pool.parallel(plan.keyTasks.count * keyHeads) { number in
      let task = plan.keyTasks[number / keyHeads]
      let head = number % keyHeads
      let first = task.index * attentionTileKeys
      let panels = memory + plan.keyOffset(group: task.group, keyHead: head)
      // 1 KiB: Swift puts that on the stack.
      withUnsafeTemporaryAllocation(of: Int.self, capacity: attentionTileKeys) { offsets in
        guard let offsets = offsets.baseAddress else { return }
        let count = fill(
          offsets, with: plan.groups[task.group].keys, from: first, atMost: attentionTileKeys,
          stride: keyHeads * headSize)
        packKeys(
          arithmetic, keyRows.pointer + head * headSize, offsets: offsets, rows: count,
          headSize: headSize, into: panels + arithmetic.keyWords(first, headSize: headSize))
        packValues(
          arithmetic, valueRows.pointer + head * headSize, offsets: offsets, rows: count,
          headSize: headSize,
          into: panels + plan.valueOffset(group: task.group)
            + arithmetic.valueWords(first, headSize: headSize))
      }
    }
  }

  func attend(queries: Tensor, into result: Tensor, _ pool: WorkerPool) {
    let (queryRows, output) = (Rows(queries), Rows(result))
    // A lane is a scratch, and whoever has it does the tasks of its share.
    let (tasks, lanes) = (plan.queryTasks, plan.lanes)
    pool.parallel(lanes) { lane in
      for number in tasks.count * lane / lanes..<tasks.count * (lane + 1) / lanes {
        attendBlock(tasks[number], queryRows, output, lane: lane)
      }
    }
  }

  private func attendBlock(
    _ task: AttentionPlan.QueryTask, _ queries: Rows, _ output: Rows, lane: Int
  ) {
    let head = task.head
    let group = plan.groups[task.group]
    let first = task.index * attentionBlockQueries
    let panels =
      memory
      + plan.keyOffset(group: task.group, keyHead: head / (plan.heads / plan.keyHeads))
    let scratch = memory + plan.scratchOffset(lane: lane)
    let tables = UnsafeMutableRawPointer(
      scratch + attentionScratchWords(headSize: plan.headSize))
    let offsets = tables.bindMemory(to: Int.self, capacity: attentionBlockQueries)
    let firstKeys = (tables + attentionBlockQueries * MemoryLayout<Int>.stride)
      .bindMemory(to: Int32.self, capacity: 2 * attentionBlockQueries)
    let endKeys = firstKeys + attentionBlockQueries
    let count = fill(
      offsets, with: group.queries, from: first, atMost: attentionBlockQueries,
      stride: plan.heads * plan.headSize)
    let (queryCount, keyCount) = (group.queryCount, group.keyCount)
    for row in 0..<count {
      let keys = group.visibility.keys(
        ofQuery: first + row, queryCount: queryCount, keyCount: keyCount)
      firstKeys[row] = Int32(keys.lowerBound)
      endKeys[row] = Int32(keys.upperBound)
    }
    Kernels.attend(
      plan.arithmetic,
      AttentionBlock(
        queries: queries.pointer + head * plan.headSize,
        output: output.pointer + head * plan.headSize, offsets: offsets, rows: count,
        firstKeys: firstKeys, endKeys: endKeys, headSize: plan.headSize, keys: panels,
        values: panels + plan.valueOffset(group: task.group), keyCount: keyCount,
        scratch: scratch))
  }

  /// Writes where rows begin, `stride` elements apart: those at the positions `first` and following of
  /// the concatenated ranges.
  /// - Returns: how many there are.
  private func fill(
    _ offsets: UnsafeMutablePointer<Int>, with ranges: [Range<Int>], from first: Int,
    atMost count: Int, stride: Int
  ) -> Int {
    var position = 0
    var filled = 0
    for range in ranges {
      let lower = max(first, position)
      let upper = min(first + count, position + range.count)
      for index in lower..<max(lower, upper) {
        offsets[filled] = (range.lowerBound + index - position) * stride
        filled += 1
      }
      position += range.count
    }
    return filled
  }
}
