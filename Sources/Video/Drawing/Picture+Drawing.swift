/// A colour of 8-bit code values.
package typealias PictureColor = (red: UInt8, green: UInt8, blue: UInt8)

/// A part of a picture, in pixels.
package struct PictureRectangle: Hashable, Sendable {
  package let x: Int
  package let y: Int
  package let width: Int
  package let height: Int

  package init(x: Int, y: Int, width: Int, height: Int) {
    precondition(width >= 0 && height >= 0)
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  /// Whether a pixel lies inside.
  package func contains(x column: Int, y row: Int) -> Bool {
    (x..<x + width).contains(column) && (y..<y + height).contains(row)
  }
}

extension Picture {
  /// Lays a colour over a rectangle; what lies outside of the picture is left out.
  ///
  /// - Parameter opacity: 0 leaves the picture as it is, 255 covers it.
  package mutating func fill(
    _ rectangle: PictureRectangle, _ color: PictureColor, opacity: Int = 255
  ) {
    let columns = (rectangle.x..<rectangle.x + rectangle.width).clamped(to: 0..<width)
    let rows = (rectangle.y..<rectangle.y + rectangle.height).clamped(to: 0..<height)
    for y in rows {
      for x in columns {
        let under = self[x: x, y: y]
        self[x: x, y: y] = (
          blend(color.red, over: under.red, opacity),
          blend(color.green, over: under.green, opacity),
          blend(color.blue, over: under.blue, opacity)
        )
      }
    }
  }

  /// Writes a line of text; what lies outside of the picture is left out.
  ///
  /// - Parameters:
  ///   - x: the left edge of the first glyph.
  ///   - y: its upper edge.
  ///   - scale: pixels a dot of the font.
  package mutating func draw(
    _ text: String, x: Int, y: Int, scale: Int, _ color: PictureColor, opacity: Int = 255
  ) {
    for (index, character) in text.enumerated() {
      let left = x + index * BitmapFont.advance * scale
      for (row, dots) in BitmapFont.rows(of: character).enumerated() {
        for column in 0..<BitmapFont.width where dots >> (BitmapFont.width - 1 - column) & 1 == 1 {
          fill(
            PictureRectangle(
              x: left + column * scale, y: y + row * scale, width: scale, height: scale), color,
            opacity: opacity)
        }
      }
    }
  }

  /// Copies another picture into this one, which must have room for it.
  package mutating func paste(_ other: Picture, x: Int, y: Int) {
    precondition(x >= 0 && y >= 0 && x + other.width <= width && y + other.height <= height)
    for row in 0..<other.height {
      let source = row * other.width * 3
      let target = ((y + row) * width + x) * 3
      pixels.replaceSubrange(
        target..<target + other.width * 3, with: other.pixels[source..<source + other.width * 3])
    }
  }

  /// The picture made smaller: each pixel is the mean of those that it stands for.
  ///
  /// - Parameter factor: so many columns and rows become one; what is left over at the right and
  ///   the lower edge is left out.
  package func reduced(by factor: Int) -> Picture {
    precondition(factor > 0 && factor <= width && factor <= height)
    if factor == 1 { return self }
    var result = Picture(width: width / factor, height: height / factor)
    let count = factor * factor
    for y in 0..<result.height {
      for x in 0..<result.width {
        var sum = (red: count / 2, green: count / 2, blue: count / 2)
        for row in y * factor..<(y + 1) * factor {
          for column in x * factor..<(x + 1) * factor {
            let color = self[x: column, y: row]
            sum.red += Int(color.red)
            sum.green += Int(color.green)
            sum.blue += Int(color.blue)
          }
        }
        result[x: x, y: y] = (
          UInt8(sum.red / count), UInt8(sum.green / count), UInt8(sum.blue / count)
        )
      }
    }
    return result
  }
}

private func blend(_ color: UInt8, over under: UInt8, _ opacity: Int) -> UInt8 {
  UInt8((Int(color) * opacity + Int(under) * (255 - opacity) + 127) / 255)
}
