import Foundation
import Testing

@testable import Text

/// Every code point of the planes that are in use, seen as the reference sees it (`characters.json`, runs of code
/// points).
@Suite struct CharacterTests {
  /// Planes 0, 1, 2 and 14 as far as anything is assigned, and the ends of the private planes.
  static let points = [
    0...0x1FFFF, 0x2A600...0x2FFFF, 0xE0000...0xE01FF, 0xEFFF0...0xF0010, 0x10FFF0...0x10FFFF,
  ].joined().map { UInt32($0) }

  static func runs() throws -> [String: [ClosedRange<UInt32>]] {
    let data = try Data(contentsOf: URL(filePath: Fixtures.folder + "characters.json"))
    return try JSONDecoder().decode([String: [[UInt32]]].self, from: data)
      .mapValues { $0.map { $0[0]...$0[1] } }
  }

  /// Compares a property of all scalars with the fixture's runs, and names the first that differ.
  func check(_ name: String, _ property: (Unicode.Scalar) -> Bool) throws {
    var expected = try #require(try Self.runs()[name])[...]
    var wrong: [String] = []
    for value in Self.points {
      guard let scalar = Unicode.Scalar(value) else { continue }
      while let run = expected.first, run.upperBound < value { expected.removeFirst() }
      if property(scalar) != (expected.first?.contains(value) ?? false), wrong.count < 20 {
        wrong.append(String(value, radix: 16))
      }
    }
    #expect(wrong.isEmpty, "\(name)")
  }

  @Test func removed() throws { try check("removed") { $0.isRemovedByBERT } }
  @Test func whitespace() throws { try check("whitespace") { $0.isBERTWhitespace } }
  @Test func punctuation() throws { try check("punctuation") { $0.isBERTPunctuation } }
  @Test func ideograph() throws { try check("ideograph") { $0.isBERTIdeograph } }
  @Test func accent() throws { try check("accent") { $0.isBERTAccent } }
}
