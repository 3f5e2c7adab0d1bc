import Tensor
import Testing

@Suite struct TensorTests {
  @Test func startsAsZeros() throws {
    #expect(try Tensor([2, 3]).array() == [0, 0, 0, 0, 0, 0])
    #expect(try Tensor([]).array() == [0])
    #expect(try Tensor([4, 0]).array() == [])
  }

  @Test func viewsLookIntoTheSameMemory() throws {
    let tensor = try Tensor([1, 2, 3, 4, 5, 6], shape: [3, 2])
    let rows = tensor[1..<3]
    #expect(rows.shape == [2, 2])
    #expect(rows.array() == [3, 4, 5, 6])
    rows.reshaped([4]).fill(9)
    #expect(tensor.array() == [1, 2, 9, 9, 9, 9])
    #expect(tensor[3..<3].array() == [])
    tensor[0..<2].copy(from: rows)
    #expect(tensor.array() == [9, 9, 9, 9, 9, 9])
  }

  @Test func aViewKeepsTheMemory() throws {
    func view() throws -> Tensor { try Tensor([1, 2, 3, 4], shape: [2, 2])[1..<2] }
    #expect(try view().array() == [3, 4])
  }

  @Test func valuesMustFillTheShape() {
    let error = TensorError.valueCount(shape: [2, 2], found: 3, expected: 4)
    #expect(throws: error) { try Tensor([1, 2, 3], shape: [2, 2]) }
    #expect(error.description == "shape [2, 2] holds 4 values, found 3")
  }

  @Test(arguments: [[-1], [Int.max, 2], [1 << 40, 1 << 40], [1 << 61]])
  func impossibleShapesAreRefused(shape: [Int]) {
    #expect(throws: TensorError.unaddressableShape(shape)) { try Tensor(shape) }
  }

  @Test func ashortageIsAnError() {
    let error = #expect(throws: TensorError.self) { try Tensor([1 << 50]) }
    #expect(error == .outOfMemory(bytes: 1 << 52, purpose: "a tensor of shape [1125899906842624]"))
    #expect(error?.description.contains("not enough memory") == true)
    #expect(throws: TensorError.self) { try Arena(byteCount: 1 << 52) }
  }
}

@Suite struct ArenaTests {
  @Test func tensorsAreAlignedAndApart() throws {
    let arena = try Arena(byteCount: 4096)
    let tensors = [[3], [1], [2, 9], [0], [16]].map { arena.tensor($0) }
    for (number, tensor) in tensors.enumerated() {
      #expect(UInt(bitPattern: tensor.pointer) % 64 == 0)
      tensor.fill(Float(number))
    }
    for (number, tensor) in tensors.enumerated() {
      #expect(tensor.array().allSatisfy { $0 == Float(number) })
    }
  }

  @Test func scopesGiveBackAndThePeakStays() throws {
    let arena = try Arena(byteCount: 1 << 20)
    let outer = arena.tensor([16])
    let inner = arena.scope {
      _ = arena.tensor([100])
      return arena.scope { arena.tensor([1_000]).pointer }
    }
    #expect(arena.usedByteCount == 64)
    #expect(arena.peakByteCount == 64 + 448 + 4_032)
    let next = arena.tensor([16])
    #expect(next.pointer != outer.pointer)
    #expect(next.pointer != inner)
    #expect(next.pointer == outer.pointer + 16)
  }

  @Test func aScopeThatThrowsGivesBackToo() throws {
    struct Stop: Error {}
    let arena = try Arena(byteCount: 4096)
    #expect(throws: Stop.self) {
      try arena.scope { () throws(Stop) in
        _ = arena.tensor([10])
        throw Stop()
      }
    }
    #expect(arena.usedByteCount == 0)
  }

  @Test func reservingTakesNoMemory() throws {
    // More than most machines have; pages come into being when they are touched.
    let arena = try Arena(byteCount: 1 << 40)
    let tensor = arena.tensor([1 << 36])
    tensor.pointer[1 << 35] = 1
    #expect(tensor.pointer[1 << 35] == 1)
  }
}
