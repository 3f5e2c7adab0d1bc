import CSIMD
import Kernels

/// What this processor can do, against what the program was built for.
///
/// Lives outside `Kernels`, which is compiled for the host's instruction sets: these lines must
/// run on a processor that lacks them.
package enum Processor {
  /// The processor's name as it reports it, or "unknown".
  package static var name: String {
    var bytes = [CChar](repeating: 0, count: 64)
    flipbook_processor_name(&bytes, bytes.count)
    let text = bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    let words = String(decoding: text, as: UTF8.self).split(separator: " ")
    return words.isEmpty ? "unknown" : words.joined(separator: " ")
  }

  /// The instruction sets of this processor that the program knows of.
  package static var features: [String] { names(of: flipbook_processor_features()) }

  /// The instruction sets that the kernels were compiled for.
  package static var compiledFeatures: [String] { names(of: compiledFeatureBits()) }

  /// The instruction sets that the kernels were compiled for and this processor lacks. Where there
  /// are any, the program must say so and end before it computes.
  package static var missingFeatures: [String] {
    names(of: compiledFeatureBits() & ~flipbook_processor_features())
  }

  /// Whether there is an instruction for products of bfloat16 here, and the kernels use it.
  package static var multipliesBFloat16: Bool { computes(with: "avx512bf16") }

  /// Whether there is an instruction for products of eight-bit integers here, and the kernels use it.
  package static var multipliesInt8: Bool { computes(with: "avx512vnni") }

  private static func computes(with feature: String) -> Bool {
    compiledFeatures.contains(feature) && features.contains(feature)
  }

  private static func names(of bits: UInt32) -> [String] {
    (0..<UInt32(32)).compactMap { bit in
      guard bits >> bit & 1 == 1, let name = flipbook_feature_name(bit) else { return nil }
      return String(cString: name)
    }
  }
}
