import Tensor
import Testing

@Suite struct HugePagesTests {
  @Test func largeMemoryBeginsWhereAHugePageCan() throws {
    // One number more than whole pages, so that the end is not one.
    let count = HugePages.byteCount / 4 * 3 + 1
    let tensors = try (0..<4).map { _ in try Tensor([count]) }
    for (number, tensor) in tensors.enumerated() {
      #expect(UInt(bitPattern: tensor.pointer) % UInt(HugePages.byteCount) == 0)
      #expect(tensor.pointer[0] == 0 && tensor.pointer[count - 1] == 0)
      tensor.fill(Float(number))
    }
    for (number, tensor) in tensors.enumerated() {
      #expect(tensor.array().allSatisfy { $0 == Float(number) })
    }
  }

  @Test func thePolicyStandsInBrackets() {
    #expect(HugePages.policy(in: "always [madvise] never\n") == "madvise")
    #expect(HugePages.policy(in: "[always] madvise never\n") == "always")
    #expect(HugePages.policy(in: "") == nil)
  }
}
