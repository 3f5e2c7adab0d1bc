import CSIMD

/// The factors of a matrix product: activations row by row, weights in panels.
///
/// A value of pointers; whoever makes one keeps the memory alive.
package struct ProductFactors: @unchecked Sendable {
  package let format: ProductFormat
  /// Groups of the inner dimension.
  package let groups: Int

  /// Rows of `groups` groups, `activationStride` bytes apart.
  package let activations: UnsafeRawPointer
  package let activationStride: Int
  /// Of int8, for each row what a step is worth and which integer stands for zero.
  package let activationScales: UnsafePointer<ActivationScale>?

  /// Panels of thirty-two columns without gaps: `groups` steps of thirty-two groups each, the last
  /// panel filled up with zeros.
  package let panels: UnsafeRawPointer
  /// Of int8, for each column what a step is worth and the sum of its weights in steps.
  package let weightScales: UnsafePointer<Float>?
  package let weightSums: UnsafePointer<Int32>?

  package init(
    format: ProductFormat, groups: Int, activations: UnsafeRawPointer, activationStride: Int,
    activationScales: UnsafePointer<ActivationScale>?, panels: UnsafeRawPointer,
    weightScales: UnsafePointer<Float>?, weightSums: UnsafePointer<Int32>?
  ) {
    self.format = format
    self.groups = groups
    self.activations = activations
    self.activationStride = activationStride
    self.activationScales = activationScales
    self.panels = panels
    self.weightScales = weightScales
    self.weightSums = weightSums
  }

  /// The bytes of a panel.
  package var panelByteCount: Int { groups * panelStepByteCount }
}

/// Computes a block of the product and ends it: every tile while its sums are in the first cache.
/// - Parameters:
///   - rows, columns: of the block; `columns` begin at a multiple of 32.
///   - partialSums: as many bytes as `ProductPasses` says, aligned to 64.
package func multiplyBlock(
  _ factors: ProductFactors, rows: Range<Int>, columns: Range<Int>,
  partialSums: UnsafeMutableRawPointer?, end: ProductEnd
) {
  let block = ProductBlock(
    factors: factors, rows: rows, columns: columns, partialSums: partialSums, end: end)
  switch (factors.format, factors.format.tileSteps(factors.groups)) {
  case (.float32, _): block.multiply(Float32Element.self)
  case (.bfloat16, nil): block.multiply(BFloat16Element.self)
  case (.bfloat16, let steps?): block.multiply(BFloat16Element.self, steps)
  case (.int8, nil): block.multiply(Int8Element.self)
  case (.int8, let steps?): block.multiply(Int8Element.self, steps)
  }
}

private struct ProductBlock {
  let factors: ProductFactors
  let rows: Range<Int>
  let columns: Range<Int>
  let partialSums: UnsafeMutableRawPointer?
  let end: ProductEnd

  /// In vectors: all rows and columns for some groups, whose weights stay in the second cache.
  @inline(__always)
  func multiply<Element: ProductElement>(_: Element.Type) {
    var tile = InlineArray<24, Vector>(repeating: Vector(repeating: 0))
    withUnsafeMutablePointer(to: &tile) { tile in
      let passes = ProductPasses.inVectors(factors.groups)
      let own = UnsafeMutableRawPointer(tile)
      for pass in 0..<passes {
        let groups = factors.groups * pass / passes..<factors.groups * (pass + 1) / passes
        var next = partialSums ?? own
        for row in stride(from: rows.lowerBound, to: rows.upperBound, by: tileRows) {
          let row = row..<min(row + tileRows, rows.upperBound)
          for column in stride(from: columns.lowerBound, to: columns.upperBound, by: tileColumns) {
            let sums = passes > 1 ? next : own
            multiplyTile(
              Element.self, factors.row(row.lowerBound, group: groups.lowerBound),
              stride: factors.activationStride, rows: row.count,
              panel: factors.panel(column, group: groups.lowerBound), groups: groups.count,
              sums: sums, isFirst: pass == 0)
            next += tileByteCount
            if pass == passes - 1 { finish(sums, row, column: column) }
          }
          if pass == passes - 1 { end.finishRows(row, columns: columns) }
        }
      }
    }
  }

  /// In tile registers: all groups for some rows, a part of them at a time that stays in the first cache.
  @inline(__always)
  func multiply<Element: TileElement>(_: Element.Type, _ steps: TileSteps) {
    var tile = InlineArray<64, Vector>(repeating: Vector(repeating: 0))
    withUnsafeMutablePointer(to: &tile) { tile in
      let own = UnsafeMutableRawPointer(tile)
      let passes = ProductPasses.inTiles(factors.groups)
      var shape = TileRegisterShape()
      for row in stride(from: rows.lowerBound, to: rows.upperBound, by: registerTileRows) {
        let row = row..<min(row + registerTileRows, rows.upperBound)
        shape.set(rows: row.count, steps)
        let registers = RegisterTile(hasLow: row.count > tileRegisterRows, hasRight: true)
        for pass in 0..<passes {
          let (part, group) = steps.part(pass, of: passes)
          var next = partialSums ?? own
          for column in stride(from: columns.lowerBound, to: columns.upperBound, by: tileColumns) {
            let sums = passes > 1 ? next : own
            registers.begin(at: sums, isFirst: pass == 0)
            registers.multiply(
              Element.self, factors.row(row.lowerBound, group: group),
              stride: factors.activationStride, panel: factors.panel(column, group: group), part)
            registers.store(to: sums)
            next += registerTileByteCount
            if pass == passes - 1 { finish(sums, row, column: column) }
          }
        }
        end.finishRows(row, columns: columns)
      }
      shape.release()
    }
  }

  @inline(__always)
  private func finish(_ sums: UnsafeMutableRawPointer, _ rows: Range<Int>, column: Int) {
    factors.dequantize(sums, row: rows.lowerBound, rows: rows.count, column: column)
    end.finish(
      sums.assumingMemoryBound(to: Float.self), row: rows.lowerBound, rows: rows.count,
      column: column, columns: min(tileColumns, columns.upperBound - column))
  }
}

extension ProductFactors {
  fileprivate func row(_ row: Int, group: Int) -> UnsafeRawPointer {
    activations + row * activationStride + group * groupByteCount
  }

  fileprivate func panel(_ column: Int, group: Int) -> UnsafeRawPointer {
    panels + column / tileColumns * panelByteCount + group * panelStepByteCount
  }
}

extension ProductFactors {
  /// Of int8: sums of steps, in place, to what they stand for. `Σ (q − z) w` is `Σ q w − z Σ w`;
  /// either term may wrap around, their difference does not.
  @inline(__always)
  fileprivate func dequantize(_ sums: UnsafeMutableRawPointer, row: Int, rows: Int, column: Int) {
    guard let activationScales, let weightScales, let weightSums else { return }
    for half in 0..<2 {
      let first = column + half * lanes
      let scales = Vector(loading: weightScales + first)
      let totals = UnsafeRawPointer(weightSums + first).loadUnaligned(as: SIMD16<Int32>.self)
      for index in 0..<rows {
        let place = sums + index * tileRowByteCount + half * tileRowByteCount / 2
        let scale = activationScales[row + index]
        let steps = place.load(as: SIMD16<Int32>.self) &- totals &* scale.zero
        place.storeBytes(
          of: flipbook_f32_from_i32(steps) * (scales * scale.step), as: Vector.self)
      }
    }
  }
}
