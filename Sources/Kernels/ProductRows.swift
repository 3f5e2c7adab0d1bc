// Rows of Float32 to rows of groups, as a product reads its activations and, a column a row, as its
// weights are packed from.

import CSIMD

/// What a step of a row of bytes is worth, and which integer stands for zero.
package struct ActivationScale: Sendable {
  package let step: Float
  package let zero: Int32
}

/// The rows of activations in the format of a product.
///
/// A value of pointers; whoever makes one keeps the memory alive.
package struct ProductRows: @unchecked Sendable {
  fileprivate let format: ProductFormat
  fileprivate let columns: Int
  fileprivate let pointer: UnsafeMutableRawPointer
  fileprivate let stride: Int
  fileprivate let scales: UnsafeMutablePointer<ActivationScale>?

  /// - Parameters:
  ///   - columns: numbers of a row.
  ///   - pointer: rows of `format.groups(columns)` groups, `stride` bytes apart.
  ///   - scales: one a row; of int8 only.
  package init(
    _ format: ProductFormat, columns: Int, _ pointer: UnsafeMutableRawPointer, stride: Int,
    scales: UnsafeMutablePointer<ActivationScale>?
  ) {
    self.format = format
    self.columns = columns
    self.pointer = pointer
    self.stride = stride
    self.scales = scales
  }

  /// Converts rows of Float32.
  ///
  /// Of int8, a row with an infinity or a NaN becomes one whose products are all NaN.
  /// - Parameter source: the first of `rows`; rows without gaps.
  package func convert(_ source: UnsafePointer<Float>, rows: Range<Int>) {
    for row in rows {
      let input = source + (row - rows.lowerBound) * columns
      write(row) { offset, valid in load(input, offset, valid) }
    }
  }

  /// `(x − mean) / √(variance + ε) · (scaleOffset + scale) + shift` of rows of Float32: read once
  /// from memory, three times (of int8 four) from the first cache, and written once.
  /// - Parameters:
  ///   - source: the first of `rows`; rows without gaps.
  ///   - scale, shift: `columns` numbers.
  package func layerNorm(
    _ source: UnsafePointer<Float>, rows: Range<Int>, scale: UnsafePointer<Float>,
    shift: UnsafePointer<Float>, scaleOffset: Float, epsilon: Float
  ) {
    let offsets = Vector(repeating: scaleOffset)
    for row in rows {
      let input = source + (row - rows.lowerBound) * columns
      let (mean, factor) = layerNormMoments(input, columns, epsilon)
      write(row) { offset, valid in
        (load(input, offset, valid) - mean) * factor * (load(scale, offset, valid) + offsets)
          + load(shift, offset, valid)
      }
    }
  }

  /// Writes a row of which `values` gives any vector, by its offset and how many of it count.
  @inline(__always)
  private func write(_ row: Int, _ values: (_ offset: Int, _ valid: Int) -> Vector) {
    let target = pointer + row * stride
    switch format {
    case .float32:
      let target = target.assumingMemoryBound(to: Float.self)
      forVectors { offset, valid in
        let result = values(offset, valid)
        if valid == lanes {
          result.store(to: target + offset)
        } else {
          result.store(to: target + offset, count: valid)
        }
      }
    case .bfloat16: writeBFloat16(target, values)
    case .int8: scales?[row] = writeInt8(target, values)
    }
  }

  @inline(__always)
  private func writeBFloat16(
    _ target: UnsafeMutableRawPointer, _ values: (_ offset: Int, _ valid: Int) -> Vector
  ) {
    forVectors { offset, valid in
      let rounded = flipbook_bf16_rounded(values(offset, valid))
      let place = target + 2 * offset
      if valid == lanes {
        place.storeBytes(of: rounded, as: SIMD16<UInt16>.self)
      } else {
        for lane in 0..<valid {
          place.storeBytes(of: rounded[lane], toByteOffset: 2 * lane, as: UInt16.self)
        }
      }
    }
    if columns % 2 == 1 { target.storeBytes(of: 0, toByteOffset: 2 * columns, as: UInt16.self) }
  }

  @inline(__always)
  private func writeInt8(
    _ target: UnsafeMutableRawPointer, _ values: (_ offset: Int, _ valid: Int) -> Vector
  ) -> ActivationScale {
    // Zero is always in the range, so that it is held exactly.
    var low = Vector(repeating: 0)
    var high = low
    var notFinite = low
    forVectors { offset, valid in
      // Lanes that do not count may hold anything.
      let x = clear(values(offset, valid), from: valid)
      low = flipbook_min(x, low)
      high = flipbook_max(x, high)
      // Zero for finite numbers only.
      notFinite += x - x
    }
    let least = -flipbook_largest(-low)
    let range = flipbook_largest(high) - least
    let inverse = range > 1e-30 ? 255 / range : 0
    let zero = (-least * inverse).rounded()
    let factor = Vector(repeating: inverse)
    let center = Vector(repeating: zero)
    forVectors { offset, valid in
      let steps = flipbook_fma(values(offset, valid), factor, center)
      let bounded = flipbook_max(
        flipbook_min(steps, Vector(repeating: 255)), Vector(repeating: 0))
      let bytes = flipbook_u8_narrowed(flipbook_nearest(bounded))
      let place = target + offset
      if valid == lanes {
        place.storeBytes(of: bytes, as: SIMD16<UInt8>.self)
      } else {
        for lane in 0..<valid {
          place.storeBytes(of: bytes[lane], toByteOffset: lane, as: UInt8.self)
        }
      }
    }
    for column in columns..<ProductFormat.int8.groups(columns) * 4 {
      target.storeBytes(of: 0, toByteOffset: column, as: UInt8.self)
    }
    // NaN has no integer; the step alone makes the row's products NaN.
    return ActivationScale(
      step: (inverse > 0 ? range / 255 : 0) + flipbook_sum(notFinite),
      zero: zero.isFinite ? Int32(zero) : 0)
  }

  @inline(__always)
  private func forVectors(_ body: (_ offset: Int, _ valid: Int) -> Void) {
    var offset = 0
    while offset + lanes <= columns {
      body(offset, lanes)
      offset += lanes
    }
    if offset < columns { body(offset, columns - offset) }
  }
}

/// The vector with zeros from a lane on.
@inline(__always)
private func clear(_ values: Vector, from lane: Int) -> Vector {
  guard lane < lanes else { return values }
  var values = values
  for lane in lane..<lanes { values[lane] = 0 }
  return values
}
