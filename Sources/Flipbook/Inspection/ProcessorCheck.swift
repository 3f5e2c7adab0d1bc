import Tensor

/// Whether this processor can run what was built.
package enum ProcessorCheck {
  /// False where the kernels hold instructions that this processor lacks.
  package static var isSupported: Bool { Processor.missingFeatures.isEmpty }

  /// What to say then.
  package static var error: FlipbookError {
    .usage(
      problem: "this program was built for \(Processor.missingFeatures.joined(separator: ", ")), "
        + "which this processor (\(Processor.name)) lacks",
      advice: "build it on this machine, or with FLIPBOOK_MARCH=x86-64-v3")
  }
}
