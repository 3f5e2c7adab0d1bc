import Glibc

/// Hidden names beside an output, for what is not whole yet.
enum TemporaryName {
  /// A name that is taken.
  struct Claim<Value> {
    let path: String
    /// What taking the name gave: a descriptor, or nothing.
    let value: Value
    let debris: Debris.Ticket
  }

  /// Tries names beside `path` until one can be taken.
  ///
  /// - Parameter take: creates what will stand under the name; nil where somebody else has it.
  /// - Returns: nil where sixteen names were taken.
  static func claim<Value>(
    beside path: String, _ take: (String) throws(FileError) -> Value?
  ) throws(FileError) -> Claim<Value>? {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<16 {
      let suffix = String(generator.next() as UInt64, radix: 36)
      let name = "\(splitPath(path).directory)/.flipbook-\(getpid())-\(suffix).partial"
      // The name is noted first: an interrupt between the two calls must leave nothing.
      let debris = Debris.note(name)
      do throws(FileError) {
        if let value = try take(name) { return Claim(path: name, value: value, debris: debris) }
      } catch {
        Debris.forget(debris)
        throw error
      }
      Debris.forget(debris)
    }
    return nil
  }
}

/// Flushes the directory that holds `path`: a rename lies in it. Some file systems cannot flush one;
/// the file is whole and visible all the same, so that is no error.
func flushDirectory(of path: String) {
  let directory = open(splitPath(path).directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard directory >= 0 else { return }
  fsync(directory)
  close(directory)
}
