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

/// How often a product passes over its sums: the groups of one pass, so that what a block reads of
/// the weights stays in the second cache.
package let passGroups = 1536

/// The passes over `groups` groups.
package func passCount(_ groups: Int) -> Int { max(1, (groups + passGroups - 1) / passGroups) }

/// The bytes that a block of the result keeps between two passes.
package func partialSumsByteCount(rows: Int, columns: Int) -> Int {
  (rows + tileRows - 1) / tileRows * ((columns + tileColumns - 1) / tileColumns) * tileByteCount
}

/// Computes a block of the product and ends it: every tile while its sums are in the first cache.
/// - Parameters:
///   - rows, columns: of the block; `columns` begin at a multiple of 32.
///   - partialSums: `partialSumsByteCount` bytes, aligned to 64; needed where there is more than
///     one pass.
package func multiplyBlock(
  _ factors: ProductFactors, rows: Range<Int>, columns: Range<Int>,
  partialSums: UnsafeMutableRawPointer?, end: ProductEnd
) {
  switch factors.format {
  case .float32: multiplyBlock(Float32Element.self, factors, rows, columns, partialSums, end)
  case .bfloat16: multiplyBlock(BFloat16Element.self, factors, rows, columns, partialSums, end)
  case .int8: multiplyBlock(Int8Element.self, factors, rows, columns, partialSums, end)
  }
}

@inline(__always)
private func multiplyBlock<Element: ProductElement>(
  _: Element.Type, _ factors: ProductFactors, _ rows: Range<Int>, _ columns: Range<Int>,
  _ partialSums: UnsafeMutableRawPointer?, _ end: ProductEnd
) {
  var tile = InlineArray<24, Vector>(repeating: Vector(repeating: 0))
  withUnsafeMutablePointer(to: &tile) { tile in
    let passes = passCount(factors.groups)
    let own = UnsafeMutableRawPointer(tile)
    for pass in 0..<passes {
      let groups = factors.groups * pass / passes..<factors.groups * (pass + 1) / passes
      var next = partialSums ?? own
      for row in stride(from: rows.lowerBound, to: rows.upperBound, by: tileRows) {
        let count = min(tileRows, rows.upperBound - row)
        let a =
          factors.activations + row * factors.activationStride + groups.lowerBound * groupByteCount
        for column in stride(from: columns.lowerBound, to: columns.upperBound, by: tileColumns) {
          let sums = passes > 1 ? next : own
          multiplyTile(
            Element.self, a, stride: factors.activationStride, rows: count,
            panel: factors.panels + column / tileColumns * factors.panelByteCount
              + groups.lowerBound * panelStepByteCount,
            groups: groups.count, sums: sums, isFirst: pass == 0)
          next += tileByteCount
          guard pass == passes - 1 else { continue }
          let width = min(tileColumns, columns.upperBound - column)
          factors.dequantize(sums, row: row, rows: count, column: column)
          end.finish(
            sums.assumingMemoryBound(to: Float.self), row: row, rows: count, column: column,
            columns: width)
        }
        if pass == passes - 1 { end.finishRows(row..<row + count, columns: columns) }
      }
    }
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
