// MM-RoPE: multimodal rotary positions (Seedance 1.0, arXiv 2506.09113), in the convention of M-RoPE
// (arXiv 2409.12191). The sequence [text 1][video 1][text 2][video 2]… runs along one diagonal:
//
//   text token i of a shot        (b + i, b + i, b + i)
//   its picture token (t, y, x)   (b + L + t, b + L + y, b + L + x)
//   the next shot starts at       b' = 1 + the largest coordinate used so far
//
// L text tokens of the shot, T latent frames, h rows, w columns, N = T·h·w.

import Glibc
package import Layers
package import Tensor

/// Where tokens stand in time and space, and how far that turns their queries and keys.
package struct PositionEncoding: Sendable {
  /// Numbers of a head that turn with t, y and x; even, and together the size of a head.
  package let axes: [Int]
  /// The base of the frequencies, θ.
  package let theta: Double

  package init(axes: [Int], theta: Double) {
    precondition(axes.count == 3 && axes.allSatisfy { $0 % 2 == 0 }, "three even axes")
    self.axes = axes
    self.theta = theta
  }

  /// Where the tokens of one shot stand.
  package struct ShotCoordinates: Sendable, Equatable {
    /// Of the text tokens, the same on all three axes.
    package let text: Range<Int>
    /// Of the picture tokens.
    package let t: Range<Int>
    package let y: Range<Int>
    package let x: Range<Int>
  }

  /// The coordinates that the tokens of each shot take up.
  /// - Parameters:
  ///   - textLengths: L of each shot.
  ///   - shotFrames: latent frames of each shot.
  package static func ranges(
    textLengths: [Int], shotFrames: [Int], rows: Int, columns: Int
  ) -> [ShotCoordinates] {
    precondition(textLengths.count == shotFrames.count, "a text for every shot")
    var base = 0
    return zip(textLengths, shotFrames).map { length, frames in
      let start = base + length
      let shot = ShotCoordinates(
        text: base..<start, t: start..<start + frames, y: start..<start + rows,
        x: start..<start + columns)
      base = start + max(frames, rows, columns)
      return shot
    }
  }

  /// The coordinates (t, y, x) of all tokens, shots in order.
  /// - Parameters:
  ///   - textLengths: L of each shot.
  ///   - shotFrames: latent frames of each shot, counted from 0 in every shot.
  /// - Returns: ΣL coordinates of the text tokens, and N of the picture tokens.
  package static func coordinates(
    textLengths: [Int], shotFrames: [Int], rows: Int, columns: Int
  ) -> (text: [SIMD3<Int>], pictures: [SIMD3<Int>]) {
    var text: [SIMD3<Int>] = []
    var pictures: [SIMD3<Int>] = []
    for shot in ranges(
      textLengths: textLengths, shotFrames: shotFrames, rows: rows, columns: columns)
    {
      for place in shot.text { text.append(SIMD3(repeating: place)) }
      for t in shot.t {
        for y in shot.y {
          for x in shot.x { pictures.append(SIMD3(t, y, x)) }
        }
      }
    }
    return (text, pictures)
  }

  /// Cosines and sines for tokens at the given coordinates: pair i of an axis of size n turns by
  /// place · θ^(−2i/n). Angles in Float64, as Float32 loses the digits of large ones.
  /// - Throws: `TensorError.outOfMemory`.
  package func table(_ places: [SIMD3<Int>]) throws(TensorError) -> RotaryTable {
    let frequencies = axes.map { size in
      stride(from: 0, to: size, by: 2).map { pow(theta, -Double($0) / Double(size)) }
    }
    var angles: [Double] = []
    angles.reserveCapacity(places.count * axes.reduce(0, +) / 2)
    for place in places {
      for axis in 0..<3 {
        for frequency in frequencies[axis] { angles.append(Double(place[axis]) * frequency) }
      }
    }
    return try RotaryTable(angles: angles, tokens: places.count)
  }
}
