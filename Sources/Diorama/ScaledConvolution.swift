import Layers
import Tensor

/// The weights of a convolution with fixed factors multiplied in, so that scaling its input or its
/// output costs nothing: `diag(output) · W · diag(input)`. Zeros of the border stay zeros.
///
/// - Parameters:
///   - weights: where `weight [outputs, inputs, kT, kH, kW]` and `bias [outputs]` are.
///   - shape: that of the weight.
///   - input: the factor of an input channel.
///   - output: the factor of an output channel, which the bias takes as well.
/// - Throws: `WeightError`, `TensorError.outOfMemory`.
func scaledConvolution(
  _ weights: Weights, shape: [Int], input: (Int) -> Float = { _ in 1 },
  output: (Int) -> Float = { _ in 1 }
) throws -> DictionaryWeights {
  let (outputs, inputs) = (shape[0], shape[1])
  let taps = shape.dropFirst(2).reduce(1, *)
  let (weight, bias) = (try Tensor(shape), try Tensor([outputs]))
  weight.copy(from: try weights.tensor("weight", shape))
  bias.copy(from: try weights.tensor("bias", [outputs]))
  let inputFactors = (0..<inputs).map(input)
  for channel in 0..<outputs {
    let factor = output(channel)
    bias.pointer[channel] *= factor
    for source in 0..<inputs {
      let start = weight.pointer + (channel * inputs + source) * taps
      for tap in 0..<taps { start[tap] *= factor * inputFactors[source] }
    }
  }
  return DictionaryWeights(["weight": weight, "bias": bias])
}
