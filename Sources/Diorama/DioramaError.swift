package import Layers

/// What can go wrong with this model and with what is asked of it.
package enum DioramaError: Error, Equatable, CustomStringConvertible {
  /// A side is no multiple of the autoencoder's, or not positive.
  case size(width: Int, height: Int, multiple: Int)
  /// The number of frames is not 1 + 4k.
  case frames(found: Int)
  /// More shots than latent frames; a shot has one at least.
  case shots(count: Int, latentFrames: Int)
  /// The lengths that a prompt gives its shots do not fit into the clip.
  case shotLengths(found: Double, clip: Double)
  /// A shot that is shorter than one latent frame; shots count from 1, lengths are in seconds.
  case shotTooShort(shot: Int, found: Double, shortest: Double)
  /// Two components of a model do not fit together.
  case components(String, field: String, found: Int, other: String, expected: Int)
  /// Every latent frame of the clip is given, and nothing is left to make.
  case nothingToMake(frames: Int)
  /// A video that is drawn anew has fewer frames than the clip.
  case sourceEnds(found: Int, expected: Int)
  /// Saved latents belong to another run.
  case state(found: String, expected: String)
  /// A weight is infinite or not a number.
  case weight(key: String, index: Int, value: String)
  /// A layer gave a number that is infinite or not a number: the first of the run that did.
  case activation(NonFiniteFinder.Finding)

  package var description: String {
    switch self {
    case .size(let width, let height, let multiple):
      return "a size of \(width)x\(height) is not possible: both sides must be multiples of "
        + "\(multiple), at least \(multiple)"
    case .frames(let found):
      let near = max(0, (found - 1) / 4) * 4 + 1
      return "\(found) frames are not possible: a clip has 1 + 4k frames, such as \(near) or "
        + "\(near + 4)"
    case .shots(let count, let latentFrames):
      return "\(count) shots do not fit into a clip of \(latentFrames) latent frames: take at most "
        + "\(latentFrames) shots, or more frames (a latent frame is four)"
    case .shotLengths(let found, let clip):
      let seconds = { (value: Double) in "\((value * 100).rounded() / 100) s" }
      return "the shots' lengths add up to \(seconds(found)), and the clip lasts "
        + "\(seconds(clip)): change the "
        + "lengths, leave out one of them, or give the clip another length"
    case .shotTooShort(let shot, let found, let shortest):
      let hundredths = { (value: Double) in "\((value * 100).rounded() / 100) s" }
      return "shot \(shot) is to last \((found * 1000).rounded() / 1000) s, and a shot lasts one "
        + "latent frame at least, \(hundredths(shortest)): make it longer, or leave it out"
    case .components(let component, let field, let found, let other, let expected):
      return "\(component)/config.json: \(field) is \(found), and \(other) has \(expected): the "
        + "model's components do not belong together"
    case .nothingToMake(let frames):
      return "the given pictures are all of a clip of \(frames) frames: take more frames"
    case .sourceEnds(let found, let expected):
      return "the video ends after \(found) frames, expected \(expected)"
    case .state(let found, let expected):
      return
        "saved latents: found \(found), expected \(expected); continue with the options of the "
        + "run that saved them, or start from the beginning"
    case .weight(let key, let index, let value):
      return "the weight \(key) holds \(value) at element \(index): the file is damaged; export or "
        + "fetch it again"
    case .activation(let finding):
      return "\(finding): the model's weights or the latents that the run went on from are broken"
    }
  }
}
