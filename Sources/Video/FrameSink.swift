/// Where frames go, one after the other: a video, an animation, or pictures.
///
/// Nothing appears under the name before `finish`. An error of `append` or `finish` removes what
/// was written; so does `cancel`, and so does letting go of an unfinished sink. After any of them
/// `append` and `finish` throw `FileError.discarded`. One thread at a time may use a sink.
package protocol FrameSink: AnyObject {
  /// The name that the output will have.
  var path: String { get }
  /// How many frames were appended.
  var frameCount: Int { get }
  /// Appends the next frame.
  ///
  /// - Throws: `VideoError.sizeChanged`, `.file` where the disk refuses.
  func append(_ picture: Picture) throws(VideoError)
  /// Writes what is left and makes the output appear under its name.
  func finish() throws(VideoError)
  /// Gives up; nothing is left behind.
  func cancel()
}
