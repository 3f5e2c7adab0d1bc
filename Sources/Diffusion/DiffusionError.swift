/// What can be wrong with a request to this module. All of it comes from a user's options or files.
package enum DiffusionError: Error, Equatable {
  /// A number that a user gave is outside of its range.
  case parameter(name: String, found: String, expected: String)
  /// The sigmas do not fall strictly from at most 1 to at least 0; `index` is where.
  case sigmas(index: Int, found: String, expected: String)
  /// A saved state does not belong to this run.
  case state(key: String, found: String, expected: String)
}

extension DiffusionError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .parameter(let name, let found, let expected):
      "\(name) is \(found), expected \(expected)"
    case .sigmas(let index, let found, let expected):
      "sigmas[\(index)] is \(found), expected \(expected)"
    case .state(let key, let found, let expected):
      "saved latents: \(key) is \(found), expected \(expected); "
        + "continue with the options of the run that saved them, or start from the beginning"
    }
  }
}
