/// The version of this package, as `flipbook --version` prints it and as videos carry it.
public enum FlipbookVersion {
  /// Semantic version: equal seeds give equal files within one minor version.
  public static let current = "0.1.0"
}
