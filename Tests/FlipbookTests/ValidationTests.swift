import Flipbook
import Testing

@Suite struct ValidationTests {
  private static let native = FrameSize(width: 128, height: 128)

  /// The table of `interfaces.md`: each side a multiple of 16 (of 32 in the product's rows), and the
  /// ratio within a tenth of its name.
  @Test(arguments: Resolution.allCases, AspectRatio.allCases)
  func everySizeOfTheTableIsAllowed(resolution: Resolution, ratio: AspectRatio) throws {
    let size = resolution.size(ratio)
    try size.check()
    let multiple = resolution == .base ? 16 : 32
    #expect(size.width % multiple == 0 && size.height % multiple == 0)
    let parts = ratio.rawValue.split(separator: ":").compactMap { Double($0) }
    let expected = parts[0] / parts[1]
    #expect(abs(Double(size.width) / Double(size.height) / expected - 1) < 0.1)
  }

  @Test(arguments: [
    (100, 96, "multiple of 16"), (96, 100, "multiple of 16"), (0, 0, "32 to 2176"),
    (16, 64, "32 to 2176"), (-16, 64, "32 to 2176"), (4096, 64, "32 to 2176"),
    (2176, 2176, "at most"), (Int.max, Int.max, "32 to 2176"), (127, 127, "multiple of 16"),
  ])
  func oddAndAbsurdSizes(width: Int, height: Int, expected: String) throws {
    let error = #expect(throws: FlipbookError.self) {
      try FrameSize(width: width, height: height).check()
    }
    #expect(error?.exitCode == .usage)
    #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
  }

  @Test(arguments: [1, 5, 25, 49, 289])
  func lengthsThatAreAllowed(frames: Int) throws {
    #expect(try ClipLength.frames(frames).frameCount(native: 9) == frames)
  }

  @Test(arguments: [26, 0, -3, 2, 290, 14_405, Int.max, Int.min])
  func lengthsThatAreNot(frames: Int) {
    let error = #expect(throws: FlipbookError.self) {
      try ClipLength.frames(frames).frameCount(native: 9)
    }
    #expect(error?.exitCode == .usage)
    #expect(error?.advice?.contains("--frames") == true)
  }

  @Test func seconds() throws {
    #expect(try ClipLength.native.frameCount(native: 9) == 9)
    #expect(try ClipLength.seconds(0).frameCount(native: 9) == 1)
    #expect(try ClipLength.seconds(1).frameCount(native: 9) == 25)
    #expect(try ClipLength.seconds(1.5).frameCount(native: 9) == 37)
    #expect(try ClipLength.seconds(7.0 / 6).frameCount(native: 9) == 29)
    #expect(try ClipLength.seconds(1.1667).frameCount(native: 9) == 29)
    #expect(try ClipLength.seconds(12).frameCount(native: 9) == 289)
    #expect(try ClipLength.seconds(600).frameCount(native: 9) == 14_401)
    for seconds in [1.1, 12.1, 601, -1, .nan, .infinity, 1e300] {
      #expect(throws: FlipbookError.self) {
        try ClipLength.seconds(seconds).frameCount(native: 9)
      }
    }
  }

  @Test func aPlainRequestIsValid() throws {
    try GenerationRequest(prompt: "a red ball bounces in a meadow").validate()
    let request = GenerationRequest(prompt: "x")
    #expect(try request.frameSize(native: Self.native) == Self.native)
  }

  @Test(arguments: ["", "   ", "\n\t", "\u{3000}"])
  func emptyPrompts(prompt: String) {
    let error = #expect(throws: FlipbookError.self) {
      try GenerationRequest(prompt: prompt).validate()
    }
    #expect(error?.exitCode == .badInput)
    #expect(error?.description == "prompt: it is empty")
  }

  /// A field out of its range is refused under the name of its option.
  @Test func fieldsOutOfRange() throws {
    let wrong: [(String, (inout GenerationRequest) -> Void)] = [
      ("steps", { $0.steps = 0 }), ("steps", { $0.steps = 1001 }),
      ("guidance-scale", { $0.guidanceScale = -1 }),
      ("guidance-scale", { $0.guidanceScale = .nan }),
      ("guidance-rescale", { $0.guidanceRescale = 1.5 }),
      ("guidance-interval", { $0.guidanceInterval = 0.5...1.5 }),
      ("guidance-given-above", { $0.guidanceGivenAbove = 1.1 }),
      ("shift", { $0.shift = 0 }), ("shift", { $0.shift = .infinity }),
      ("size", { $0.size = FrameSize(width: 33, height: 64) }),
      (
        "ratio",
        {
          $0.size = FrameSize(width: 64, height: 64)
          $0.ratio = .square
        }
      ),
      ("frames", { $0.length = .frames(26) }),
    ]
    for (name, change) in wrong {
      var request = GenerationRequest(prompt: "x")
      change(&request)
      let error = #expect(throws: FlipbookError.self) { try request.validate() }
      guard case .option(name, _, _, _) = error else {
        Issue.record("\(name): \(String(describing: error))")
        continue
      }
    }
  }

  /// Every option refuses nonsense with its own name, and what it takes it gives back.
  @Test func optionsRefuseNonsense() throws {
    let free = [
      "output", "negative-prompt", "save-latents", "from-latents", "first-frame", "last-frame",
      "video",
    ]
    for option in GenerationRequest.options where !free.contains(option.name) {
      for text in ["", "banana", "0x10", "nan", "1e999", "--", "１"] {
        var request = GenerationRequest(prompt: "x")
        if option.value == .flag && text.isEmpty { continue }
        let error = #expect(throws: FlipbookError.self, "\(option.name) takes '\(text)'") {
          try option.set(text, &request)
        }
        #expect(error?.description.hasPrefix("--\(option.name): ") == true)
      }
    }
  }

  @Test func productTiersWarn() {
    for resolution in Resolution.allCases {
      let warnings = GenerationRequest.warnings(size: resolution.size(.wide), native: Self.native)
      #expect(warnings.isEmpty == (resolution == .base))
    }
  }
}
