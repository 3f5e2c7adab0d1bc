import Files

/// The files that this process has begun and not finished.
package enum PartialFiles {
  /// Removes them all. Safe in a signal handler.
  package static func discardAll() { AtomicFile.discardAll() }
}
