import Glibc
import Layers
import Tensor
import Testing

@testable import Diorama

@Suite struct PositionEncodingTests {
  /// Two shots: a text of 2 and 2 latent frames of 1×3, then a text of 3 and 1 latent frame.
  @Test func workedExample() {
    let (text, pictures) = PositionEncoding.coordinates(
      textLengths: [2, 3], shotFrames: [2, 1], rows: 1, columns: 3)
    #expect(
      text == [
        SIMD3(0, 0, 0), SIMD3(1, 1, 1),
        // The first shot's pictures reach to 4, so that the second shot starts at 5.
        SIMD3(5, 5, 5), SIMD3(6, 6, 6), SIMD3(7, 7, 7),
      ])
    #expect(
      pictures == [
        // t, y, x from 2, behind the two tokens of the text.
        SIMD3(2, 2, 2), SIMD3(2, 2, 3), SIMD3(2, 2, 4),
        SIMD3(3, 2, 2), SIMD3(3, 2, 3), SIMD3(3, 2, 4),
        // From 8; its own frame is counted from 0 again.
        SIMD3(8, 8, 8), SIMD3(8, 8, 9), SIMD3(8, 8, 10),
      ])
  }

  @Test func anglesOfOneToken() throws {
    let encoding = PositionEncoding(axes: [4, 2, 2], theta: 10_000)
    let table = try encoding.table([SIMD3(3, 5, 7)])
    let angles = [3.0, 3.0 / 100, 5.0, 7.0]
    #expect(table.cos.array() == angles.map { Float(cos($0)) })
    #expect(table.sin.array() == angles.map { Float(sin($0)) })
  }

  /// Scores of rotated queries and keys depend on differences of coordinates alone.
  @Test func shiftLeavesScores() throws {
    let encoding = PositionEncoding(axes: [8, 4, 4], theta: 10_000)
    let compute = try Compute.forTests()
    let places = PositionEncoding.coordinates(
      textLengths: [3, 2], shotFrames: [2, 1], rows: 2, columns: 3)
    let all = places.text + places.pictures
    func scores(shiftedBy shift: Int) throws -> [Float] {
      let table = try encoding.table(all.map { $0 &+ SIMD3(repeating: shift) })
      let queries = try normals([all.count, 1, 16], seed: 1)
      let keys = try normals([all.count, 1, 16], seed: 2)
      for x in [queries, keys] {
        normalizeAndRotate(x, norm: nil, epsilon: 1e-6, table: table, compute)
      }
      let (q, k) = (queries.array(), keys.array())
      return (0..<all.count * all.count).map { pair in
        let (row, column) = (pair / all.count * 16, pair % all.count * 16)
        return (0..<16).reduce(0) { $0 + q[row + $1] * k[column + $1] }
      }
    }
    let (here, there) = (try scores(shiftedBy: 0), try scores(shiftedBy: 1000))
    let size = here.map(abs).max() ?? 0
    // Float32 tables: 16 products of numbers off by half a unit in the last place.
    #expect(zip(here, there).allSatisfy { abs($0 - $1) < 1e-5 * size })
  }

  /// One to six shots: the ranges are those of the coordinates, and no shot reaches into the next.
  @Test(arguments: 1...6)
  func rangesHoldEveryToken(shots: Int) {
    let lengths = (0..<shots).map { 3 + $0 * 5 % 7 }
    let frames = (0..<shots).map { 1 + $0 * 3 % 5 }
    let (text, pictures) = PositionEncoding.coordinates(
      textLengths: lengths, shotFrames: frames, rows: 2, columns: 3)
    let ranges = PositionEncoding.ranges(
      textLengths: lengths, shotFrames: frames, rows: 2, columns: 3)
    var (textStart, pictureStart, end) = (0, 0, 0)
    for (shot, range) in ranges.enumerated() {
      let words = text[textStart..<textStart + lengths[shot]]
      let places = pictures[pictureStart..<pictureStart + 6 * frames[shot]]
      #expect(words.map(\.x) == Array(range.text) && words.allSatisfy { $0.x == $0.z })
      #expect(Set(places.map(\.x)) == Set(range.t))
      #expect(Set(places.map(\.y)) == Set(range.y))
      #expect(Set(places.map(\.z)) == Set(range.x))
      #expect(range.text.lowerBound == end)
      end = max(range.t.upperBound, range.y.upperBound, range.x.upperBound)
      textStart += lengths[shot]
      pictureStart += 6 * frames[shot]
    }
  }
}
