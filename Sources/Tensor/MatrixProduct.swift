import COpenBLAS

/// Matrix products through OpenBLAS, one block at a time, for use inside a `WorkerPool`.
///
/// OpenBLAS itself runs on one thread: with its own threading it splits sums differently for each
/// thread count, and so changes bits.
package enum MatrixProduct {
  /// Tells OpenBLAS, once a process, to leave the threads to us.
  package static func useOneThreadPerCall() { _ = once }

  private static let once: Void = openblas_set_num_threads(1)

  /// `c = a bᵀ`, row-major: a `[rows, inner]`, b `[columns, inner]`, c `[rows, columns]`, each
  /// with the distance between its rows in elements.
  package static func timesTransposed(
    rows: Int, columns: Int, inner: Int,
    _ a: UnsafePointer<Float>, stride aStride: Int,
    _ b: UnsafePointer<Float>, stride bStride: Int,
    into c: UnsafeMutablePointer<Float>, stride cStride: Int
  ) {
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasTrans, blasint(rows), blasint(columns), blasint(inner), 1,
      a, blasint(aStride), b, blasint(bStride), 0, c, blasint(cStride))
  }

  /// `c = a b`, or `c += a b`, row-major: a `[rows, inner]`, b `[inner, columns]`,
  /// c `[rows, columns]`, each with the distance between its rows in elements.
  package static func times(
    rows: Int, columns: Int, inner: Int,
    _ a: UnsafePointer<Float>, stride aStride: Int,
    _ b: UnsafePointer<Float>, stride bStride: Int,
    into c: UnsafeMutablePointer<Float>, stride cStride: Int, adding: Bool = false
  ) {
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(rows), blasint(columns), blasint(inner),
      1, a, blasint(aStride), b, blasint(bStride), adding ? 1 : 0, c, blasint(cStride))
  }

  /// The kernel set that OpenBLAS chose for this processor: `SkylakeX`, `Haswell` …
  package static var coreName: String { String(cString: openblas_get_corename()) }

  /// The version and options that OpenBLAS was built with.
  package static var configuration: String { String(cString: openblas_get_config()) }
}
