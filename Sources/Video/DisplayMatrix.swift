import CLibAV

/// How stored pixels are turned and mirrored to be shown: a multiple of 90 degrees, as cameras note
/// it down (`Orientation` in Exif, the track matrix in mp4).
struct DisplayMatrix: Equatable {
  /// `x' = a x + c y`, `y' = b x + d y`, with y downwards, each of them -1, 0 or 1.
  let a: Int, b: Int, c: Int, d: Int

  static let identity = DisplayMatrix(a: 1, b: 0, c: 0, d: 1)

  /// Reads libav's nine numbers in fixed point. Shears and other angles count as no turn.
  init(_ values: UnsafePointer<Int32>?) {
    guard let values else {
      self = .identity
      return
    }
    let matrix = DisplayMatrix(
      a: values[0].signum().asInt, b: values[1].signum().asInt,
      c: values[3].signum().asInt, d: values[4].signum().asInt)
    let isTurn =
      (matrix.a == 0) == (matrix.d == 0) && (matrix.b == 0) == (matrix.c == 0)
      && (matrix.a == 0) != (matrix.b == 0)
    self = isTurn ? matrix : .identity
  }

  init(a: Int, b: Int, c: Int, d: Int) { (self.a, self.b, self.c, self.d) = (a, b, c, d) }

  /// The size after the turn.
  func applied(to size: PictureSize) -> PictureSize {
    a == 0 ? PictureSize(width: size.height, height: size.width) : size
  }

  /// The picture as it is shown.
  func applied(to picture: Picture) -> Picture {
    if self == .identity { return picture }
    let shown = applied(to: picture.size)
    var result = Picture(width: shown.width, height: shown.height)
    // The corner that lands outside is moved back in.
    let originX = a + c < 0 ? shown.width - 1 : 0
    let originY = b + d < 0 ? shown.height - 1 : 0
    for y in 0..<picture.height {
      for x in 0..<picture.width {
        result[x: originX + a * x + c * y, y: originY + b * x + d * y] = picture[x: x, y: y]
      }
    }
    return result
  }
}

extension Int32 {
  fileprivate var asInt: Int { Int(self) }
}
