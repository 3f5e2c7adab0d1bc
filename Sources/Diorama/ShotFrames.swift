package import Text

/// The latent frames of a clip whose shots all have a length; nil where one has none.
/// - Throws: `DioramaError.shotTooShort`.
package func latentFrames(
  ofShots shots: [ShotPrompt.Shot], framesPerSecond: Int
) throws(DioramaError) -> Int? {
  let counts = try asked(shots, framesPerSecond)
  return counts.contains(nil) ? nil : counts.compactMap(\.self).reduce(0, +)
}

/// The latent frames that each length comes to, rounded; nil where a shot has none.
private func asked(
  _ shots: [ShotPrompt.Shot], _ framesPerSecond: Int
) throws(DioramaError) -> [Int?] {
  let perLatent = Double(AutoencoderConfiguration.framesPerLatent)
  var counts: [Int?] = []
  for (index, shot) in shots.enumerated() {
    guard let seconds = shot.seconds else {
      counts.append(nil)
      continue
    }
    let frames = seconds * Double(framesPerSecond)
    // The first frame of the clip has a latent of its own, which is worth three frames more. A
    // hundredth of a frame is how a length is written down.
    let shortest = index == 0 ? 1 : perLatent
    guard frames > shortest - 0.01 else {
      throw .shotTooShort(
        shot: index + 1, found: seconds, shortest: shortest / Double(framesPerSecond))
    }
    let latents = ((frames + (index == 0 ? perLatent - 1 : 0)) / perLatent).rounded()
    counts.append(Int(min(latents, 1e6)))
  }
  return counts
}

/// How many latent frames each shot of a prompt has.
///
/// A cut always lies between latent frames. The first latent is one frame of the video and the others
/// four each, so that the first shot has 1 + 4k frames and every later one 4k.
/// - Parameters:
///   - shots: the prompt's shots; those without a length share equally what the others leave.
///   - latentFrames: T of the clip.
///   - framesPerSecond: of the video.
/// - Returns: one number a shot, at least 1, together T.
/// - Throws: `DioramaError.shotTooShort`; `.shots` where there are more shots than latent frames; `.shotLengths` where
///   the given lengths leave nothing for the others, or, all given, make another clip than this.
package func latentFramesOfShots(
  _ shots: [ShotPrompt.Shot], latentFrames: Int, framesPerSecond: Int
) throws(DioramaError) -> [Int] {
  guard shots.count <= latentFrames else {
    throw .shots(count: shots.count, latentFrames: latentFrames)
  }
  var counts = try asked(shots, framesPerSecond)
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
