package import Video

/// What a clip is made from beside its text, in the clip's size.
package struct ClipInputs: Sendable {
  /// The frames of a video, one a call, nil after the last.
  package typealias Frames = () throws -> Picture?
  /// Opens a video anew.
  package typealias Source = @Sendable () throws -> Frames

  /// The pictures that the clip begins with, none or 1 + 4k: a first frame, or the end of a video
  /// that is gone on with.
  package var opening: [Picture] = []
  /// Whether the opening is part of the result: a first frame is, the end of a video is there already.
  package var showsOpening = true
  /// Pictures that later shots begin with, by the number of the shot, which counts from 0.
  package var shotOpenings: [Int: Picture] = [:]
  /// The picture that the clip ends with.
  package var last: Picture?
  /// The share of the steps, from the first on, in which `last` counts, 0 … 1: what it leads to is
  /// decided early (PixelDance, arXiv 2311.10982).
  package var lastUntil = 1.0
  /// Opens the video that is drawn anew; it has as many frames as the clip.
  package var source: Source?
  /// How much of `source` is drawn anew: 0 nothing, 1 everything.
  package var strength = 1.0

  /// Text to video.
  package init() {}

  /// Whether the first stretch needs the autoencoder's encoder; later ones do, always.
  package var needsEncoder: Bool {
    !opening.isEmpty || !shotOpenings.isEmpty || last != nil || source != nil
  }
  /// Latent frames of the opening.
  var openingLatents: Int { (opening.count + 3) / AutoencoderConfiguration.framesPerLatent }
  /// Frames at the start of the clip that are not part of the result.
  var hiddenFrames: Int { showsOpening ? 0 : opening.count }
}
