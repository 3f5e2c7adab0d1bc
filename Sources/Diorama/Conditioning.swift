// What a clip is given beside its text: clean latents at some frames, and a mask that says which.
// One layout of the input serves every task (Seedance 1.0, arXiv 2506.09113):
//
//   [noisy latents C | condition latents C | mask 1]
//
// Text to video gives none, picture to video frame 0, first and last frame 0 and T−1, continuation
// 0 … k−1. C latent channels, T latent frames, h rows, w columns.

package import Tensor

/// Clean latents that a clip must agree with.
package struct Conditioning: Sendable {
  /// [C, T, h, w], read where the mask is set; nil where it is set nowhere.
  package let latents: Tensor?
  /// Whether each of the T latent frames is given.
  package let mask: [Bool]

  /// Text to video: nothing is given.
  package init(none grid: LatentGrid) {
    latents = nil
    mask = Array(repeating: false, count: grid.frames)
  }

  /// - Parameters:
  ///   - latents: [C, T, h, w], normalised.
  ///   - mask: T truths.
  package init(latents: Tensor, mask: [Bool]) {
    precondition(
      latents.shape.count == 4 && latents.shape[1] == mask.count,
      "a mask of \(mask.count) frames for latents of shape \(latents.shape)")
    self.latents = latents
    self.mask = mask
  }

  /// Gathers the input of the patch embedding.
  /// - Parameters:
  ///   - noisy: [C, T, h, w].
  ///   - tokens: [N, 2C + 1], overwritten.
  func gather(noisy: Tensor, into tokens: Tensor) {
    let channels = noisy.shape[0]
    let count = tokens.shape[0]
    let perFrame = count / mask.count
    let stride = 2 * channels + 1
    precondition(tokens.shape[1] == stride && noisy.count == channels * count, "another layout")
    let (source, target) = (noisy.pointer, tokens.pointer)
    for token in 0..<count {
      let row = target + token * stride
      let isGiven = mask[token / perFrame]
      for channel in 0..<channels { row[channel] = source[channel * count + token] }
      if isGiven, let given = latents?.pointer {
        for channel in 0..<channels { row[channels + channel] = given[channel * count + token] }
      } else {
        for channel in 0..<channels { row[channels + channel] = 0 }
      }
      row[2 * channels] = isGiven ? 1 : 0
    }
    withExtendedLifetime((noisy, tokens, latents)) {}
  }
}
