/// Words as a POSIX shell reads them back.
public enum ShellWord {
  /// The word, in single quotes where the shell would read it otherwise.
  public static func quoted(_ word: String) -> String {
    let plain =
      !word.isEmpty
      && word.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: "-_./:,=+@%".utf8.contains(byte)
        }
      }
    if plain { return word }
    // Inside single quotes only the quote itself has a meaning: close, escape it, open again.
    return "'"
      + word.split(separator: "'", omittingEmptySubsequences: false).joined(
        separator: "'\\''") + "'"
  }

  /// A command line.
  public static func joined(_ words: [String]) -> String {
    words.map(quoted).joined(separator: " ")
  }
}
