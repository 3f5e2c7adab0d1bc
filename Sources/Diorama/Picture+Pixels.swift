package import Tensor
package import Video

extension Picture {
  /// One frame of the autoencoder as 8-bit colours.
  /// - Parameters:
  ///   - pixels: [F, H, W, 3], −1 is black and 1 full; what lies outside is clipped.
  ///   - frame: which of the F.
  package init(pixels: Tensor, frame: Int) {
    precondition(
      pixels.shape.count == 4 && pixels.shape[3] == 3 && frame < pixels.shape[0],
      "frame \(frame) of pixels of shape \(pixels.shape)")
    let count = pixels.shape[1] * pixels.shape[2] * 3
    let source = pixels.pointer + frame * count
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      for index in 0..<count {
        let level = ((source[index] + 1) * 127.5).rounded(.toNearestOrEven)
        buffer[index] = UInt8(max(0, min(255, level)))
      }
      initialized = count
    }
    withExtendedLifetime(pixels) {}
    self.init(width: pixels.shape[2], height: pixels.shape[1], pixels: bytes)
  }

  /// Writes the picture to one frame of an autoencoder's input.
  /// - Parameter pixels: [F, H, W, 3] of the picture's size.
  package func write(to pixels: Tensor, frame: Int) {
    precondition(
      pixels.shape.count == 4 && pixels.shape.dropFirst() == [height, width, 3]
        && frame < pixels.shape[0],
      "a picture of \(size) into frame \(frame) of pixels of shape \(pixels.shape)")
    let target = pixels.pointer + frame * self.pixels.count
    for (index, byte) in self.pixels.enumerated() { target[index] = Float(byte) / 127.5 - 1 }
    withExtendedLifetime(pixels) {}
  }
}
