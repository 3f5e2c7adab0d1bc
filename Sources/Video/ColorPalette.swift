/// At most 256 colours that stand for those of a picture, found by median cut (Heckbert 1982).
///
/// Colours are counted in cells of 8x8x8 levels. The box with the largest spread of its pixels is
/// cut at the median of its longest axis until there are enough boxes; each box gives the mean of
/// its pixels, so that a picture of few flat colours keeps them exactly.
struct ColorPalette {
  /// The colours, channel by channel; 1 to 256 of them.
  let colors: [SIMD3<Int32>]
  /// The nearest colour of each cell, or -1 where nobody asked yet.
  private var nearest: [Int16]

  private static let cellCount = 1 << 15

  /// A cell that has pixels: how many, and their mean.
  private struct Cell {
    let count: Int
    let mean: SIMD3<Double>
  }

  /// A range of cells.
  private struct Box {
    let cells: Range<Int>
    /// Sum over the pixels of the squared distance to the mean, a channel.
    let spread: SIMD3<Double>
    let mean: SIMD3<Double>

    init(_ cells: Range<Int>, of all: [Cell]) {
      self.cells = cells
      var count = 0.0
      var sum = SIMD3<Double>.zero
      for cell in all[cells] {
        count += Double(cell.count)
        sum += cell.mean * Double(cell.count)
      }
      mean = sum / count
      var spread = SIMD3<Double>.zero
      for cell in all[cells] {
        let distance = cell.mean - mean
        spread += distance * distance * Double(cell.count)
      }
      self.spread = spread
    }
  }

  /// Finds the palette of a picture.
  init(of picture: Picture, limit: Int = 256) {
    precondition((1...256).contains(limit))
    var cells = Self.cells(of: picture)
    var boxes = [Box(0..<cells.count, of: cells)]
    while boxes.count < limit {
      var widest = 0
      for index in boxes.indices where boxes[index].spread.sum() > boxes[widest].spread.sum() {
        widest = index
      }
      let box = boxes[widest]
      guard box.cells.count > 1, let cut = Self.cut(box, &cells) else { break }
      boxes[widest] = Box(box.cells.lowerBound..<cut, of: cells)
      boxes.append(Box(cut..<box.cells.upperBound, of: cells))
    }
    colors = boxes.map { SIMD3<Int32>($0.mean, rounding: .toNearestOrEven) }
    nearest = [Int16](repeating: -1, count: Self.cellCount)
  }

  /// Maps a picture's pixels to indices of the palette.
  ///
  /// - Parameters:
  ///   - destination: `picture.height` rows, `stride` bytes apart.
  /// - Returns: the mean squared distance between a pixel and its colour.
  mutating func map(
    _ picture: Picture, into destination: UnsafeMutablePointer<UInt8>, stride: Int
  ) -> Double {
    var error = 0
    let (width, height) = (picture.width, picture.height)
    picture.pixels.withUnsafeBufferPointer { pixels in
      for y in 0..<height {
        for x in 0..<width {
          let offset = (y * width + x) * 3
          let color = SIMD3<Int32>(
            Int32(pixels[offset]), Int32(pixels[offset + 1]), Int32(pixels[offset + 2]))
          let index = index(of: color)
          destination[y * stride + x] = UInt8(index)
          let distance = color &- colors[index]
          error += Int((distance &* distance).wrappedSum())
        }
      }
    }
    return Double(error) / Double(width * height)
  }

  private mutating func index(of color: SIMD3<Int32>) -> Int {
    let cell = Self.cell(color.x, color.y, color.z)
    if nearest[cell] < 0 {
      // All pixels of a cell share an index: the one nearest to the first of them.
      var best = (index: 0, distance: Int32.max)
      for (index, candidate) in colors.enumerated() {
        let difference = candidate &- color
        let distance = (difference &* difference).wrappedSum()
        if distance < best.distance { best = (index, distance) }
      }
      nearest[cell] = Int16(best.index)
    }
    return Int(nearest[cell])
  }

  private static func cell(_ red: Int32, _ green: Int32, _ blue: Int32) -> Int {
    Int(red >> 3) << 10 | Int(green >> 3) << 5 | Int(blue >> 3)
  }

  private static func cells(of picture: Picture) -> [Cell] {
    var counts = [Int](repeating: 0, count: cellCount)
    var sums = [SIMD3<Int>](repeating: .zero, count: cellCount)
    picture.pixels.withUnsafeBufferPointer { pixels in
      var offset = 0
      while offset < pixels.count {
        let (red, green, blue) = (pixels[offset], pixels[offset + 1], pixels[offset + 2])
        let cell = cell(Int32(red), Int32(green), Int32(blue))
        counts[cell] += 1
        sums[cell] &+= SIMD3(Int(red), Int(green), Int(blue))
        offset += 3
      }
    }
    return counts.indices.filter { counts[$0] > 0 }.map {
      Cell(count: counts[$0], mean: SIMD3<Double>(sums[$0]) / Double(counts[$0]))
    }
  }

  /// Sorts a box's cells along its longest axis.
  ///
  /// - Returns: the first cell of the second half, counted in pixels; nil where the box is a point.
  private static func cut(_ box: Box, _ cells: inout [Cell]) -> Int? {
    var axis = 0
    for other in 1..<3 where box.spread[other] > box.spread[axis] { axis = other }
    guard box.spread[axis] > 0 else { return nil }
    cells[box.cells].sort { $0.mean[axis] < $1.mean[axis] }
    let total = cells[box.cells].reduce(0) { $0 + $1.count }
    var count = 0
    for index in box.cells {
      count += cells[index].count
      if 2 * count >= total {
        return min(max(index + 1, box.cells.lowerBound + 1), box.cells.upperBound - 1)
      }
    }
    return nil
  }
}
