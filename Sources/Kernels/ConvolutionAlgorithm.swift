/// How a convolution is computed.
package enum ConvolutionAlgorithm: Sendable, CaseIterable {
  /// Every number that a pixel sees is multiplied.
  case direct
  /// Winograd's F(2, 3) along the height, for kernels of three rows (Winograd, Arithmetic Complexity of
  /// Computations, 1980; for convolutional networks Lavin and Gray, arXiv 1509.09308, section 4.1).
  ///
  /// Two rows of pixels come out of four that go in, d, and the kernel's three, g, by four products instead of six:
  ///
  ///     m₀ = (d₀ − d₂)·g₀                   m₁ = (d₁ + d₂)·(g₀ + g₁ + g₂)/2
  ///     m₃ = (d₁ − d₃)·g₂                   m₂ = (d₂ − d₁)·(g₀ − g₁ + g₂)/2
  ///
  ///     y₀ = m₀ + m₁ + m₂                   y₁ = m₁ − m₂ − m₃
  ///
  /// Sums of inputs and of weights are rounded to the format of the products: twice the error of the direct sum.
  /// What is infinite comes out infinite or as no number, where it is seen and nowhere else.
  case winograd

  /// Rows of the kernel that one of its products stands for, as many as lie in the packed weights.
  package func storedRows(kernelHeight: Int) -> Int {
    self == .direct ? kernelHeight : Self.components
  }

  /// The products that make two rows of pixels.
  static let components = 4

  /// Rows of pixels that a row of positions is.
  package var rowsTogether: Int { self == .direct ? 1 : 2 }

  /// The faster one. In Float32 the direct sum is kept, which is more exact; tile registers wait for what they multiply,
  /// and Winograd's algorithm has more of it.
  package static func fastest(
    inputs: Int, kernelHeight: Int, kernelWidth: Int, format: ProductFormat
  ) -> ConvolutionAlgorithm {
    let usesTileRegisters = format.tileSteps(kernelWidth * format.groups(inputs)) != nil
    return format == .bfloat16 && kernelHeight == 3 && !usesTileRegisters ? .winograd : .direct
  }
}
