package import Checkpoint
package import Tensor
import Text

/// Plans runs of one model: its configs, headers and vocabulary are read once, whatever the number of
/// requests. A pipeline is made of it when weights are needed.
package struct PipelinePlanner: Sendable {
  let directory: ModelDirectory
  let configuration: ModelConfiguration
  let tokenizer: Tokenizer
  let weightBytes: Int
  let precision: ComputePrecision

  /// Reads configs, headers and the vocabulary; no weights.
  ///
  /// - Parameter precision: what the transformer's blocks multiply with.
  /// - Throws: `CheckpointError`, `TextError`, `DiffusionError.parameter`, `DioramaError.components`.
  package init(_ directory: ModelDirectory, precision: ComputePrecision) throws {
    self.directory = directory
    configuration = try ModelConfiguration(directory)
    tokenizer = try Tokenizer(vocabulary: try directory.file("tokenizer/vocab.txt"))
    weightBytes = try DioramaPipeline.weightBytes(
      directory, configuration.transformer, precision)
    self.precision = precision
  }

  /// What a run will be and need; checks the request.
  ///
  /// - Throws: `TextError`, `DiffusionError.parameter`, `DioramaError`.
  package func callAsFunction(_ request: PipelineRequest) throws -> PipelinePlan {
    try PipelinePlan(
      request, configuration: configuration, tokenizer: tokenizer, weightBytes: weightBytes,
      precision: precision)
  }
}
