extension GenerationRequest {
  /// The size that the request asks for.
  ///
  /// - Parameter native: the model's own size.
  /// - Throws: `FlipbookError.option` where two fields contradict each other, or no video has it.
  public func frameSize(native: FrameSize) throws(FlipbookError) -> FrameSize {
    if ratioIsAdaptive && (size != nil || ratio != nil) {
      throw .option(
        name: "ratio", found: "adaptive", expected: "--size or --ratio, not both",
        advice: "keep one of them")
    }
    if let size {
      if let ratio {
        throw .option(
          name: "ratio", found: ratio.rawValue, expected: "--size or --ratio, not both",
          advice: "--size \(size) says it all")
      }
      if let resolution {
        throw .option(
          name: "resolution", found: resolution.rawValue, expected: "--ratio beside it, not --size")
      }
      try size.check()
      return size
    }
    if ratio == nil && resolution == nil { return native }
    return (resolution ?? .base).size(ratio ?? .square)
  }

  /// Checks all that can be checked without a model: each field against its range, and fields
  /// against each other.
  ///
  /// - Throws: `FlipbookError.option` or `.input`, naming the option, what was found, and what is
  ///   allowed.
  public func validate() throws(FlipbookError) {
    guard prompt.contains(where: { !$0.isWhitespace }) else {
      throw .input(
        name: "prompt", problem: "it is empty",
        advice: "say what the video shows, as in: flipbook generate \"a red ball bounces\"")
    }
    for (name, text) in [("prompt", prompt), ("negative-prompt", negativePrompt)]
    where text.contains("\0") {
      throw .input(name: name, problem: "it holds a NUL character")
    }
    _ = try frameSize(native: Resolution.base.size(.square))
    _ = try length.frameCount(native: 25)
    try validatePictures()
    try validateTimes()
    try Self.check("steps", steps, in: Self.stepLimits)
    try Self.check("guidance-scale", guidanceScale, in: Self.guidanceScaleLimits)
    try Self.check("guidance-rescale", guidanceRescale, in: 0...1)
    try Self.check("guidance-given-above", guidanceGivenAbove, in: 0...1)
    try Self.check("shift", shift, in: Self.shiftLimits)
    if comparison != nil, [saveLatents, fromLatents, preview].contains(where: { $0 != nil }) {
      throw .usage(
        problem: "--compare makes several clips, and latents and previews are of one",
        advice: "leave --save-latents, --from-latents and --preview away")
    }
    if let interval = guidanceInterval {
      guard interval.lowerBound >= 0, interval.upperBound <= 1 else {
        throw .option(
          name: "guidance-interval", found: "\(interval.lowerBound),\(interval.upperBound)",
          expected: "two sigmas A,B with 0 ≤ A ≤ B ≤ 1")
      }
    }
  }

  /// How many steps a run may have.
  public static let stepLimits = 1...1000
  /// How strong guidance may be.
  public static let guidanceScaleLimits = 0.0...100.0
  /// How far the schedule may be shifted.
  public static let shiftLimits = 0.01...100.0

  private static func check<Value>(
    _ name: String, _ value: Value?, in limits: ClosedRange<Value>
  ) throws(FlipbookError) {
    guard let value, !limits.contains(value) else { return }
    throw .option(
      name: name, found: "\(value)", expected: "\(limits.lowerBound) to \(limits.upperBound)")
  }

  /// Things that are allowed but will likely disappoint, one sentence each.
  ///
  /// - Parameters:
  ///   - size: the size that the run will have.
  ///   - native: the model's own size.
  public static func warnings(size: FrameSize, native: FrameSize) -> [String] {
    // Twice the area still looks like the training sizes; the product tiers are ten times and more.
    guard size.width * size.height > 4 * native.width * native.height else { return [] }
    return [
      "\(size) is far larger than the \(native) that this model was trained on: "
        + "expect repeated objects and a long run"
    ]
  }
}
