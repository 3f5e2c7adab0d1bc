/// How a convolution is computed.
package enum ConvolutionAlgorithm: Sendable, CaseIterable {
  /// Every number that a pixel sees is multiplied.
  case direct
  /// Winograd's F(2×2, 3×3), for kernels of three rows and columns (Winograd, Arithmetic Complexity of Computations,
  /// 1980; for convolutional networks Lavin and Gray, arXiv 1509.09308, section 4.1).
  ///
  /// In one direction two pixels come out of four that go in, d, and the kernel's three weights, g, by four products
  /// instead of six:
  ///
  ///     m₀ = (d₀ − d₂)·g₀                   m₁ = (d₁ + d₂)·(g₀ + g₁ + g₂)/2
  ///     m₃ = (d₁ − d₃)·g₂                   m₂ = (d₂ − d₁)·(g₀ − g₁ + g₂)/2
  ///
  ///     y₀ = m₀ + m₁ + m₂                   y₁ = m₁ − m₂ − m₃
  ///
  /// Done along the height and, with what comes of it, along the width, a square of four pixels takes sixteen products
  /// instead of thirty-six.
  ///
  /// Sums of inputs and of weights are rounded to the format of the products: about twice the error of the direct
  /// sum. What is infinite comes out infinite or as no number, where it is seen and nowhere else.
  case winograd

  /// The rows and columns of weights that lie packed for one frame of the kernel; a component is a row of one.
  package func storedKernel(height: Int, width: Int) -> (rows: Int, columns: Int) {
    self == .direct ? (height, width) : (Self.components, 1)
  }

  /// The products of one direction that make two pixels.
  static let componentsOfDirection = 4
  /// The products that make a square of pixels.
  static let components = 16

  /// The sides, in pixels, of the square that a position is.
  package var side: Int { self == .direct ? 1 : 2 }

  /// The faster one. Tile registers wait for what they multiply, and Winograd's algorithm has more of it. In Float32 the
  /// direct sum is kept: packing, and 100 MiB more of memory, cost a cold start more than decoding a clip gains.
  package static func fastest(
    inputs: Int, kernelHeight: Int, kernelWidth: Int, format: ProductFormat
  ) -> ConvolutionAlgorithm {
    let usesTileRegisters = format.tileSteps(kernelWidth * format.groups(inputs)) != nil
    return format == .bfloat16 && kernelHeight == 3 && kernelWidth == 3 && !usesTileRegisters
      ? .winograd : .direct
  }
}
