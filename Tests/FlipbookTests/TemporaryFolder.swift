import Foundation

/// A folder of its own for a test, gone with the object.
final class TemporaryFolder: Sendable {
  let url: URL

  init(_ name: String = "flipbook tests") throws {
    url = FileManager.default.temporaryDirectory
      .appendingPathComponent("\(name) \(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    // A test may have taken the right to write away.
    try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: url.path)
    try? FileManager.default.removeItem(at: url)
  }

  /// A path inside the folder.
  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  /// Everything in the folder, hidden files too, sorted.
  func contents() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: url.path).sorted()
  }
}
