import COpenBLAS

/// The peer of Flipbook's own matrix products in Float32, which the engine does without.
enum OpenBLAS {
  /// `c = a bᵀ`, row-major and without gaps: a `[rows, inner]`, b `[columns, inner]`, c `[rows, columns]`.
  static func timesTransposed(
    rows: Int, columns: Int, inner: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
    into c: UnsafeMutablePointer<Float>
  ) {
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasTrans, blasint(rows), blasint(columns), blasint(inner), 1,
      a, blasint(inner), b, blasint(inner), 0, c, blasint(columns))
  }

  /// The kernel set that it chose for this processor: `SkylakeX`, `Haswell` …
  static var coreName: String { String(cString: openblas_get_corename()) }

  /// The version and options that it was built with.
  static var configuration: String { String(cString: openblas_get_config()) }

  /// Lets it have so many threads of its own.
  static func useThreads(_ count: Int) { openblas_set_num_threads(Int32(count)) }
}
