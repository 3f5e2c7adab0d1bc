// The limits of the hardware, measured by the same threads as the kernels that are held to them.

import Kernels
import Tensor

/// Multiply-adds in registers on every thread.
public func arithmeticLimit() -> Benchmark { arithmeticLimit(.f32) }

/// The same of pairs of bfloat16, and of fours of bytes.
public func bfloat16ArithmeticLimit() -> Benchmark { arithmeticLimit(.bf16) }
public func int8ArithmeticLimit() -> Benchmark { arithmeticLimit(.int8) }

/// The same of factors in a precision. Without instructions for it, what is computed is computed in
/// Float32, and so is this.
func arithmeticLimit(_ precision: ComputePrecision) -> Benchmark {
  switch precision {
  case .bf16 where Processor.multipliesBFloat16:
    registersOnly(
      "limit/dot-bf16", operations: bfloat16DotOperations, bfloat16DotInRegisters)
  case .int8 where Processor.multipliesInt8:
    registersOnly("limit/dot-int8", operations: int8DotOperations, int8DotInRegisters)
  case .f32, .bf16, .int8:
    registersOnly(
      "limit/multiply-add", operations: multiplyAddOperations, multiplyAddInRegisters)
  }
}

/// - Parameters:
///   - operations: of one round of `body`.
///   - body: a loop of so many rounds that ends with sixteen numbers.
private func registersOnly(
  _ name: String, operations: Int,
  _ body: @escaping @Sendable (_ rounds: Int, _ result: UnsafeMutablePointer<Float>) -> Void
) -> Benchmark {
  // Long enough that handing out the blocks does not count.
  let rounds = 2_000_000
  return Benchmark(
    name, shape: "registers only", work: .operations(Double(rounds * operations)), limit: .unknown
  ) { threads in
    let pool = WorkerPool(threads: threads)
    let blocks = 8 * threads
    let sinks = SharedPointer(try Tensor([blocks, 16]))
    return {
      pool.parallel(blocks) { block in
        let share = rounds * (block + 1) / blocks - rounds * block / blocks
        body(share, sinks.pointer + block * 16)
      }
    }
  }
}

/// Reading and writing so many bytes, half of them each, and doing next to nothing with them.
/// - Parameters:
///   - bytes: read and written, together.
///   - inPlace: whether the numbers go back to where they came from; the working set is then half
///     as large, and may lie in a nearer cache.
public func memoryLimit(bytes: Int, inPlace: Bool) -> Benchmark {
  let count = max(1, bytes / 2 / MemoryLayout<Float>.stride)
  return Benchmark(
    inPlace ? "limit/memory-in-place" : "limit/memory", shape: byteText(bytes),
    work: .bytes(Double(2 * count * MemoryLayout<Float>.stride)), limit: .unknown
  ) { threads in
    let pool = WorkerPool(threads: threads)
    let source = SharedPointer(try Tensor([count]))
    let destination = inPlace ? source : SharedPointer(try Tensor([count]))
    // Every number is touched, so that no page is the system's one page of zeros.
    source.tensor.fill(1)
    destination.tensor.fill(1)
    let block = 4096
    return {
      pool.parallel((count + block - 1) / block) { index in
        let start = index * block
        scaleVectors(
          source.pointer + start, by: 1, into: destination.pointer + start,
          count: min(block, count - start))
      }
    }
  }
}

private func byteText(_ bytes: Int) -> String {
  bytes < 1 << 20 ? "\(bytes >> 10) KiB" : "\(bytes >> 20) MiB"
}

/// A tensor whose blocks threads share out: each writes to its own.
final class SharedPointer: @unchecked Sendable {
  let tensor: Tensor
  var pointer: UnsafeMutablePointer<Float> { tensor.pointer }
  var count: Int { tensor.count }

  init(_ tensor: Tensor) { self.tensor = tensor }
}
