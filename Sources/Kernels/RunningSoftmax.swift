import CSIMD

/// What is done with a part of a block.
enum SoftmaxPhase {
  case begin
  /// Adds a tile of keys and values.
  case advance(tile: Int)
  case finish
}

/// The exponent by which a score may exceed the maximum that is subtracted.
private let headroom: Float = 16

/// Part of a block: `vectors` vectors of queries. `sums` is 8 · `vectors`, as many as vector registers hold, or
/// `tileStripKeys` · `vectors` for tile registers. What it knows of the keys so far lies in the scratch.
struct RunningSoftmax<
  Scores: WordProduct, Mix: WeightProduct, let vectors: Int, let sums: Int
> {
  private let arithmetic: AttentionArithmetic
  private let block: AttentionBlock
  /// Words of a query, and of a panel of keys.
  private let depth: Int
  private let panelWords: Int

  // The scratch of this part.

  /// `[headSize / wordSize, vectors · 16]`.
  private let queries: UnsafeMutablePointer<UInt32>
  /// `[headSize, vectors]`, not yet divided by the totals.
  private let output: UnsafeMutablePointer<Vector>
  /// Minus what is subtracted from the scores, the sum of the weights so far, what eight-bit queries
  /// are multiplied by: a vector each.
  private let shifts: UnsafeMutablePointer<Vector>
  private let totals: UnsafeMutablePointer<Vector>
  private let scales: UnsafeMutablePointer<Vector>
  private let firstKeys: UnsafeMutablePointer<SIMD16<Int32>>
  private let endKeys: UnsafeMutablePointer<SIMD16<Int32>>
  private let visible: UnsafeMutablePointer<VisibleKeys>

  // The scratch that all parts use in turn.

  /// What the first tile's sums begin with: `[8, vectors]`. In tile registers, which begin at zero by themselves, a
  /// value of one for each key of a tile.
  private let zeros: UnsafeMutablePointer<Vector>
  private let ones: UnsafeMutablePointer<UInt32>
  /// The shifts, once for each key of a strip, or of a register tile: `[strip, vectors]`.
  private let starts: UnsafeMutablePointer<Vector>
  /// The scores of a strip of keys, likewise.
  private let scores: UnsafeMutablePointer<Vector>
  /// Unnormalised softmax of a tile, `[keys / wordSize, vectors · 16]`.
  private let weights: UnsafeMutablePointer<UInt32>

  @inline(__always)
  init(_ arithmetic: AttentionArithmetic, _ block: AttentionBlock) {
    self.arithmetic = arithmetic
    self.block = block
    depth = block.headSize / Scores.wordSize
    panelWords = arithmetic.keyPanelWords(headSize: block.headSize)
    let width = vectors * lanes
    queries = block.own
    output = UnsafeMutableRawPointer(queries + block.headSize * width)
      .assumingMemoryBound(to: Vector.self)
    shifts = output + block.headSize * vectors
    totals = shifts + vectors
    scales = totals + vectors
    firstKeys = UnsafeMutableRawPointer(scales + vectors).assumingMemoryBound(
      to: SIMD16<Int32>.self)
    endKeys = firstKeys + vectors
    // A vector has room for it.
    visible = UnsafeMutableRawPointer(endKeys + vectors).assumingMemoryBound(to: VisibleKeys.self)
    zeros = UnsafeMutableRawPointer(block.scratch).assumingMemoryBound(to: Vector.self)
    ones = block.scratch
    starts = zeros + stripKeys * vectors
    scores = starts + registerTileRows * vectors
    weights = UnsafeMutableRawPointer(scores + sums).assumingMemoryBound(to: UInt32.self)
  }

  /// The keys whose scores are computed at once.
  private static var strip: Int { @inline(__always) get { sums / vectors } }
  private static var isInTiles: Bool { @inline(__always) get { strip > stripKeys } }

  @inline(never)
  func run(_ phase: SoftmaxPhase, _ shape: inout TileRegisterShape) {
    switch phase {
    case .begin: begin()
    case .advance(let tile): advance(tile: tile, &shape)
    case .finish: finish()
    }
  }

  @inline(__always)
  private func begin() {
    // 1/√headSize of the softmax, and log₂e so that it can be computed with powers of two.
    packQueries(
      arithmetic, block.queries, offsets: block.offsets, rows: block.rows, vectors: vectors,
      headSize: block.headSize,
      factor: Float(1.4426950408889634 / Double(block.headSize).squareRoot()), into: queries,
      scales: UnsafeMutableRawPointer(scales).assumingMemoryBound(to: UInt32.self))
    for vector in 0..<vectors {
      // Nothing is below it, so that the first keys raise it.
      shifts[vector] = Vector(repeating: .greatestFiniteMagnitude)
      totals[vector] = Vector(repeating: 0)
      for lane in 0..<lanes {
        // Lanes without a row are like the last.
        let row = min(vector * lanes + lane, block.rows - 1)
        firstKeys[vector][lane] = block.firstKeys[row]
        endKeys[vector][lane] = min(block.endKeys[row], Int32(block.keyCount))
      }
    }
    visible.initialize(to: visibleKeys())
  }

  @inline(__always)
  private func advance(tile number: Int, _ shape: inout TileRegisterShape) {
    let tile = number * attentionTileKeys
    let visible = visible.pointee
    // Whole strips, from the first that any row sees.
    let first = visible.first / Self.strip * Self.strip
    let start = max(tile, first)
    let hasOutput = tile > first
    let end = min(tile + attentionTileKeys, visible.end)
    if start >= end { return }
    if Self.isInTiles, let steps = TileSteps(depth) {
      shape.set(rows: registerTileRows, steps)
      for index in 0..<attentionTileKeys / Mix.wordSize / lanes {
        Mix.ones.store(to: ones + index * lanes)
      }
    } else {
      for index in 0..<stripKeys * vectors { zeros[index] = Vector(repeating: 0) }
    }
    for vector in 0..<vectors { setStarts(vector, shifts[vector]) }
    var count = 0
    for key in stride(from: start, to: end, by: Self.strip) {
      let isSeenByAll = visible.firstOfAll <= key && key + Self.strip <= visible.endOfAll
      if key == first || !isSeenByAll || !soften(key: key, after: count) {
        softenRaising(key: key, isSeenByAll, after: count, hasOutput: hasOutput)
      }
      count += Self.strip
    }
    // Of a strip that goes beyond the keys, the weights of what is packed.
    mix(
      tile: tile, from: start - tile, count: min(count, packedKeys - start), adding: hasOutput,
      &shape)
  }

  /// The keys in whole panels.
  private var packedKeys: Int { attentionPanels(block.keyCount) * attentionPanelKeys }

  /// The keys that any row sees, and those that all see.
  private struct VisibleKeys {
    var first = Int.max
    var end = 0
    var firstOfAll = 0
    var endOfAll = Int.max
  }

  @inline(__always)
  private func visibleKeys() -> VisibleKeys {
    var visible = VisibleKeys()
    for vector in 0..<vectors {
      let (first, end) = (firstKeys[vector], endKeys[vector])
      let isBlind = first .>= end
      visible.first = min(
        visible.first, Int(first.replacing(with: SIMD16(repeating: .max), where: isBlind).min()))
      visible.end = max(
        visible.end, Int(end.replacing(with: SIMD16(repeating: 0), where: isBlind).max()))
      visible.firstOfAll = max(visible.firstOfAll, Int(first.max()))
      visible.endOfAll = min(visible.endOfAll, Int(end.min()))
    }
    return visible
  }

  /// The scores of a strip of keys, in units of log₂, plus `shifts` where they are wanted.
  @inline(__always)
  private func score(key: Int, shifted: Bool) {
    let panel = block.keys + key / attentionPanelKeys * panelWords
    if Self.isInTiles {
      multiplyKeysInTiles(key, shifted: shifted)
    } else {
      AttentionTile<Scores, vectors, sums>.multiply(
        panel + key % attentionPanelKeys, queries, depth: depth,
        from: shifted && Scores.wordSize < Int8Product.wordSize ? starts : zeros, into: scores)
    }
    guard Scores.wordSize == Int8Product.wordSize else { return }
    for row in 0..<min(Self.strip, packedKeys - key) {
      let key = key % attentionPanelKeys + row
      let corrections =
        panel + key / attentionPanelKeys * panelWords + depth * attentionPanelKeys
        + key % attentionPanelKeys
      let correction = SIMD16<Int32>(repeating: Int32(bitPattern: corrections[0]))
      let scale = Vector(repeating: Float(bitPattern: corrections[attentionPanelKeys]))
      for vector in 0..<vectors {
        let index = row * vectors + vector
        let whole = unsafeBitCast(scores[index], to: SIMD16<Int32>.self) &+ correction
        scores[index] = flipbook_fma(
          flipbook_f32_from_i32(whole) * scale, scales[vector],
          shifted ? shifts[vector] : Vector(repeating: 0))
      }
    }
  }

  /// The products of a strip of keys in tile registers: one or two panels at a time, as far as there are keys.
  private func multiplyKeysInTiles(_ key: Int, shifted: Bool) {
    guard let steps = TileSteps(depth) else { return }
    let isInBytes = Scores.wordSize == Int8Product.wordSize
    let height = isInBytes ? attentionPanelKeys : registerTileRows
    let end = min(key + Self.strip, packedKeys)
    for first in Swift.stride(from: key, to: end, by: height) {
      let tile = RegisterTile(
        hasLow: !isInBytes && end - first > attentionPanelKeys, hasRight: vectors == 2)
      let keys = block.keys + first / attentionPanelKeys * panelWords
      tile.begin(at: starts, isFirst: !shifted || isInBytes)
      if isInBytes {
        tile.multiply(
          KeysInBytes.self, keys, stride: depth * groupByteCount, panel: queries, steps)
      } else {
        tile.multiply(
          BFloat16Element.self, keys, stride: depth * groupByteCount, panel: queries, steps)
      }
      tile.store(to: scores + (first - key) * vectors)
    }
  }

  /// The largest score of each query of a vector.
  @inline(__always)
  private func largestScore(_ vector: Int) -> Vector {
    var highest = InlineArray<4, Vector> { scores[$0 * vectors + vector] }
    for row in 4..<Self.strip {
      highest[row % 4] = flipbook_max(highest[row % 4], scores[row * vectors + vector])
    }
    return flipbook_max(
      flipbook_max(highest[0], highest[1]), flipbook_max(highest[2], highest[3]))
  }

  /// Turns the scores of a strip that every row sees into weights, the tile's from row `count` on.
  /// - Returns: whether it could: the scores may exceed what is subtracted by too much.
  @inline(__always)
  private func soften(key: Int, after count: Int) -> Bool {
    score(key: key, shifted: true)
    var highest = largestScore(0)
    for vector in 1..<vectors { highest = flipbook_max(highest, largestScore(vector)) }
    if any(highest .> Vector(repeating: headroom)) { return false }
    weigh(after: count)
    return true
  }

  /// The same where some rows may not see some of the keys, with the maximum raised to the largest
  /// score so far.
  @inline(never)
  private func softenRaising(key: Int, _ isSeenByAll: Bool, after count: Int, hasOutput: Bool) {
    score(key: key, shifted: false)
    for index in 0..<(isSeenByAll ? 0 : sums) {
      let number = SIMD16<Int32>(repeating: Int32(key + index / vectors))
      let isSeen =
        (number .>= firstKeys[index % vectors]) .& (number .< endKeys[index % vectors])
      scores[index] = Vector(repeating: -.infinity).replacing(with: scores[index], where: isSeen)
    }
    for vector in 0..<vectors {
      let before = -shifts[vector]
      let now = flipbook_max(largestScore(vector), before)
      shifts[vector] = -now
      setStarts(vector, -now)
      for row in 0..<Self.strip { scores[row * vectors + vector] -= now }
      if any(now .!= before) {
        let factor = exp2(before - now)
        totals[vector] *= factor
        for row in 0..<count / Mix.wordSize {
          let word = weights + (row * vectors + vector) * lanes
          Mix.scaled(Words(loading: word), by: factor).store(to: word)
        }
        if hasOutput {
          for index in 0..<block.headSize { output[index * vectors + vector] *= factor }
        }
      }
    }
    weigh(after: count)
  }

  @inline(__always)
  private func setStarts(_ vector: Int, _ shift: Vector) {
    for row in 0..<min(Self.strip, registerTileRows) { starts[row * vectors + vector] = shift }
  }

  /// Stores powers of two of the scores, and adds them to the totals.
  @inline(__always)
  private func weigh(after count: Int) {
    let target = weights + count / Mix.wordSize * vectors * lanes
    for vector in 0..<vectors {
      // Sums that do not wait for each other.
      var parts = InlineArray<4, Vector>(repeating: Vector(repeating: 0))
      for row in 0..<Self.strip / Mix.wordSize {
        let index = row * Mix.wordSize * vectors + vector
        let first = Mix.exp2(scores[index])
        // Where a word holds one weight, this is the first again.
        let second =
          Mix.wordSize == 1 ? first : Mix.exp2(scores[index + (Mix.wordSize - 1) * vectors])
        let word = Mix.packed(first, second)
        // In tile registers they are summed up with the values.
        if !Self.isInTiles { parts[row % 4] = Mix.add(parts[row % 4], Mix.ones, word) }
        word.store(to: target + (row * vectors + vector) * lanes)
      }
      if !Self.isInTiles { totals[vector] += (parts[0] + parts[1]) + (parts[2] + parts[3]) }
    }
  }

  /// Adds `count` weighted values of a tile, those from number `first` on, to the output.
  @inline(__always)
  private func mix(
    tile: Int, from first: Int, count: Int, adding: Bool, _ shape: inout TileRegisterShape
  ) {
    let keys = min(attentionTileKeys, attentionPanels(block.keyCount) * attentionPanelKeys - tile)
    let values = block.values + tile / Mix.wordSize * wholeVectors(block.headSize)
    if Self.isInTiles {
      mixInTiles(
        values + first / Mix.wordSize, stride: keys / Mix.wordSize, count, adding: adding, &shape)
      return
    }
    for column in stride(from: 0, to: block.headSize, by: stripKeys) {
      let panel = values + column / lanes * lanes * keys / Mix.wordSize
      let target = output + column * vectors
      AttentionTile<Mix, vectors, sums>.multiply(
        panel + first / Mix.wordSize * lanes + column % lanes, weights,
        depth: count / Mix.wordSize, from: adding ? target : zeros, into: target)
    }
  }

  /// - Parameters:
  ///   - values: the first weighted value of the first column; columns are `stride` words apart.
  ///   - count: how many values, a multiple of 16.
  private func mixInTiles(
    _ values: UnsafePointer<UInt32>, stride: Int, _ count: Int, adding: Bool,
    _ shape: inout TileRegisterShape
  ) {
    guard let steps = TileSteps(count / Mix.wordSize) else { return }
    for column in Swift.stride(from: 0, to: block.headSize, by: registerTileRows) {
      let rows = min(registerTileRows, block.headSize - column)
      shape.set(rows: rows, steps)
      let tile = RegisterTile(hasLow: rows > tileRegisterRows, hasRight: vectors == 2)
      let target = output + column * vectors
      tile.begin(at: target, isFirst: !adding)
      tile.multiply(
        BFloat16Element.self, values + column * stride, stride: stride * groupByteCount,
        panel: weights, steps)
      tile.store(to: target)
    }
    // The sums of the weights are those of values that are one, in sixteen rows of which one is needed.
    let tile = RegisterTile(hasLow: false, hasRight: vectors == 2)
    tile.begin(at: scores, isFirst: true)
    tile.multiply(BFloat16Element.self, ones, stride: 0, panel: weights, steps)
    tile.store(to: scores)
    for vector in 0..<vectors { totals[vector] += scores[vector] }
  }

  /// Divides by the totals and turns columns into rows.
  @inline(__always)
  private func finish() {
    let isEmpty = visible.pointee.end == 0
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: lanes * lanes) { square in
      guard let square = square.baseAddress else { return }
      for vector in 0..<vectors {
        let first = vector * lanes
        let rows = min(lanes, block.rows - first)
        let isBlind = firstKeys[vector] .>= endKeys[vector]
        let inverse = Vector(repeating: 1) / totals[vector]
        for column in stride(from: 0, to: block.headSize, by: lanes) {
          let width = min(lanes, block.headSize - column)
          for index in 0..<lanes {
            var values = Vector(repeating: 0)
            if !isEmpty && index < width {
              values = (output[(column + index) * vectors + vector] * inverse)
                .replacing(with: values, where: isBlind)
            }
            unsafeBitCast(values, to: Words.self).store(to: square + index * lanes)
          }
          flipbook_transpose16(square, square, lanes, lanes)
          for row in 0..<rows {
            let values = Vector(
              loading: UnsafeRawPointer(square + row * lanes).assumingMemoryBound(to: Float.self))
            let target = block.output + block.offsets[first + row] + column
            if width == lanes {
              values.store(to: target)
            } else {
              UnsafeMutableRawPointer(target).storeBytes(
                of: values.lowHalf, as: SIMD8<Float>.self)
            }
          }
        }
      }
    }
  }
}
