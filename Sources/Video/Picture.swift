/// Width and height in pixels.
package struct PictureSize: Hashable, Sendable, CustomStringConvertible {
  package let width: Int
  package let height: Int

  package init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  /// Number of pixels.
  package var pixelCount: Int { width * height }

  package var description: String { "\(width)x\(height)" }
}

/// One image: 8-bit red, green and blue, row by row from the top left corner, without padding.
///
/// Values are sRGB or BT.709 code values as they stand in the file; no gamma is applied anywhere.
package struct Picture: Hashable, Sendable {
  package let width: Int
  package let height: Int
  /// `[height, width, 3]` bytes.
  package var pixels: [UInt8]

  /// Wraps pixels.
  ///
  /// - Parameter pixels: exactly `height * width * 3` bytes.
  package init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(width > 0 && height > 0 && pixels.count == width * height * 3)
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// A picture of one colour.
  package init(
    width: Int, height: Int, filledWith color: (red: UInt8, green: UInt8, blue: UInt8) = (0, 0, 0)
  ) {
    precondition(width > 0 && height > 0)
    self.width = width
    self.height = height
    pixels = [UInt8](unsafeUninitializedCapacity: width * height * 3) { buffer, count in
      var offset = 0
      while offset < buffer.count {
        buffer[offset] = color.red
        buffer[offset + 1] = color.green
        buffer[offset + 2] = color.blue
        offset += 3
      }
      count = buffer.count
    }
  }

  package var size: PictureSize { PictureSize(width: width, height: height) }

  /// The colour at a column and a row.
  package subscript(x x: Int, y y: Int) -> (red: UInt8, green: UInt8, blue: UInt8) {
    get {
      let offset = (y * width + x) * 3
      return (pixels[offset], pixels[offset + 1], pixels[offset + 2])
    }
    set {
      let offset = (y * width + x) * 3
      pixels[offset] = newValue.red
      pixels[offset + 1] = newValue.green
      pixels[offset + 2] = newValue.blue
    }
  }
}
