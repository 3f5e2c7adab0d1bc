import Tensor

/// What the measurements were taken on. A speed says little without it.
public struct Machine: Sendable {
  /// The processor as it names itself.
  public let processor: String
  /// The kernels that OpenBLAS chose for it.
  public let blasCore: String
  /// Version and options of OpenBLAS.
  public let blasConfiguration: String
  /// Instruction sets that the kernels were compiled for.
  public let instructionSets: [String]
  /// Those of them that the processor lacks: where there are any, nothing must be run.
  public let missingInstructionSets: [String]

  /// The machine that this runs on.
  public init() {
    processor = Processor.name
    blasCore = OpenBLAS.coreName
    blasConfiguration = OpenBLAS.configuration
      .split(separator: " ").joined(separator: " ")
    instructionSets = Processor.compiledFeatures
    missingInstructionSets = Processor.missingFeatures
  }
}
