import Foundation

/// The model that comes with the repository.
enum BundledModel {
  /// `Weights/diorama` of the working directory or of a folder above this program; nil where there is
  /// none.
  static func find() throws -> String? {
    let files = FileManager.default
    var folder = URL(fileURLWithPath: files.currentDirectoryPath)
    var folders = [folder.path]
    folder = URL(
      fileURLWithPath: (try? files.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "/")
    while folder.path != "/" {
      folder.deleteLastPathComponent()
      folders.append(folder.path)
    }
    return folders.map { $0 + "/Weights/diorama" }.first {
      files.fileExists(atPath: $0 + "/model_index.json")
    }
  }
}
