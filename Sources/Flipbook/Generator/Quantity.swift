import Foundation

/// Numbers as a person reads them.
package enum Quantity {
  /// `1.5 MiB`.
  package static func bytes(_ count: Int) -> String {
    let units = ["bytes", "KiB", "MiB", "GiB", "TiB"]
    var value = Double(count)
    var unit = 0
    while value >= 1024 && unit < units.count - 1 {
      value /= 1024
      unit += 1
    }
    return unit == 0 ? "\(count) bytes" : "\(decimals(value, value < 10 ? 1 : 0)) \(units[unit])"
  }

  /// `3.4 TFLOP`.
  package static func operations(_ count: Double) -> String {
    let units = ["FLOP", "kFLOP", "MFLOP", "GFLOP", "TFLOP", "PFLOP"]
    var value = count
    var unit = 0
    while value >= 1000 && unit < units.count - 1 {
      value /= 1000
      unit += 1
    }
    return "\(decimals(value, unit == 0 || value >= 100 ? 0 : 1)) \(units[unit])"
  }

  /// `22.7 M`, for parameters.
  package static func parameters(_ count: Int) -> String {
    if count < 10_000 { return String(count) }
    if count < 1_000_000 { return decimals(Double(count) / 1e3, 1) + " k" }
    return decimals(Double(count) / 1e6, 1) + " M"
  }

  /// `0:07`, `12:30`, `1:02:03`.
  package static func duration(_ seconds: Double) -> String {
    let total = Int(min(max(seconds, 0), 359_999).rounded(.up))
    let (hours, minutes, rest) = (total / 3600, total / 60 % 60, total % 60)
    let two = { (value: Int) in value < 10 ? "0\(value)" : "\(value)" }
    return hours > 0 ? "\(hours):\(two(minutes)):\(two(rest))" : "\(minutes):\(two(rest))"
  }

  /// A number with so many digits behind the point, whatever the locale.
  package static func decimals(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }
}
