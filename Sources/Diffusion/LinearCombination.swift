import Tensor

/// A tensor and the number it is multiplied by.
struct Term {
  let factor: Float
  let tensor: Tensor
  /// Taken once: the loop below is over plain memory.
  fileprivate let values: UnsafeMutablePointer<Float>

  init(_ factor: Double, _ tensor: Tensor) {
    self.factor = Float(factor)
    self.tensor = tensor
    values = tensor.pointer
  }
}

extension Tensor {
  /// Sets every element to the sum of the terms' elements times their factors, added in the order
  /// given. The target may be one of the terms. Every solver's step is such a sum.
  func assign<let termCount: Int>(_ terms: InlineArray<termCount, Term>) {
    for term in terms.indices {
      precondition(terms[term].tensor.count == count, "terms of different sizes")
    }
    let target = pointer
    for index in 0..<count {
      var sum: Float = 0
      for term in 0..<termCount {
        sum += terms[term].factor * terms[term].values[index]
      }
      target[index] = sum
    }
    // The pointers do not keep the memory alive by themselves.
    withExtendedLifetime((self, terms)) {}
  }
}
