import Checkpoint
import Tensor

/// Everything that can be measured here, in the order of the table.
/// - Parameter model: a model directory. Kernels take its shapes, and the rows of the model its
///   weights; nil, or whatever it lacks, is replaced by the default model's shapes and synthetic
///   weights.
/// - Returns: the benchmarks; and notes about what was replaced or left out.
/// - Throws: for a directory that is no model, and for configs and weights that are damaged.
public func benchmarks(model: String?) throws -> (benchmarks: [Benchmark], notes: [String]) {
  let directory = try model.map { try ModelDirectory(opening: $0) }
  let shapes = try ModelShapes(directory)
  let whole = try modelBenchmarks(shapes, directory)
  let kernels = [
    matrixProductBenchmarks(shapes), attentionBenchmarks(shapes), convolutionBenchmarks(shapes),
    normBenchmarks(shapes), activationBenchmarks(shapes), rotaryBenchmarks(shapes),
    frameBenchmarks(shapes), videoBenchmarks(shapes), poolBenchmarks(),
  ]
  return (
    whole.benchmarks + wanBenchmarks() + kernels.joined(), whole.notes
  )
}
