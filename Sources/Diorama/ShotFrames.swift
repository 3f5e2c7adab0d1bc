package import Text

/// How many latent frames each shot of a prompt has.
///
/// A cut always lies between latent frames. The first latent is one frame of the video and the others
/// four each, so that the first shot has 1 + 4k frames and every later one 4k.
/// - Parameters:
///   - shots: the prompt's shots; those without a length share equally what the others leave.
///   - latentFrames: T of the clip.
///   - framesPerSecond: of the video.
/// - Returns: one number a shot, at least 1, together T.
/// - Throws: `DioramaError.shots` where there are more shots than latent frames; `.shotLengths` where
///   the given lengths leave nothing for the others, or, all given, make another clip than this.
package func latentFramesOfShots(
  _ shots: [ShotPrompt.Shot], latentFrames: Int, framesPerSecond: Int
) throws(DioramaError) -> [Int] {
  guard shots.count <= latentFrames else {
    throw .shots(count: shots.count, latentFrames: latentFrames)
  }
  let perLatent = Double(AutoencoderConfiguration.framesPerLatent)
  // The first frame of the clip has a latent of its own, which is worth three frames more.
  var counts: [Int?] = shots.enumerated().map { index, shot in
    guard let seconds = shot.seconds else { return nil }
    let frames = seconds * Double(framesPerSecond) + (index == 0 ? perLatent - 1 : 0)
    return Int(max(1, min((frames / perLatent).rounded(), 1e6)))
  }
  let given = counts.compactMap(\.self).reduce(0, +)
  let open = counts.count { $0 == nil }
  let left = latentFrames - given
  let mismatch = DioramaError.shotLengths(
    found: shots.compactMap(\.seconds).reduce(0, +),
    clip: Double(1 + (latentFrames - 1) * AutoencoderConfiguration.framesPerLatent)
      / Double(framesPerSecond))
  if open > 0 {
    guard left >= open else { throw mismatch }
    // Equal shares; what does not divide goes to the first ones.
    var number = 0
    for index in counts.indices where counts[index] == nil {
      counts[index] = left / open + (number < left % open ? 1 : 0)
      number += 1
    }
    return counts.compactMap(\.self)
  }
  // All lengths are given: each may be off by the rounding to a latent frame, and the longest, where
  // it shows least, takes that up.
  var whole = counts.compactMap(\.self)
  let longest = whole.indices.max { whole[$0] < whole[$1] } ?? 0
  guard abs(left) <= shots.count, whole[longest] + left >= 1 else { throw mismatch }
  whole[longest] += left
  return whole
}
