/// The six ratios of width to height that the reference model offers.
public enum AspectRatio: String, Sendable, CaseIterable {
  case wide = "16:9"
  case classic = "4:3"
  case square = "1:1"
  case portrait = "3:4"
  case tall = "9:16"
  case cinema = "21:9"

  /// What an option says in place of a ratio where it shall follow a picture.
  package static let adaptive = "adaptive"
}

/// A row of the size table: the bundled model's own sizes, or one of the product's.
public enum Resolution: String, Sendable, CaseIterable {
  /// What the bundled model was trained on.
  case base
  case p480 = "480p"
  case p720 = "720p"
  case p1080 = "1080p"

  /// The size of a ratio in this row.
  public func size(_ ratio: AspectRatio) -> FrameSize {
    switch (self, ratio) {
    case (.base, .wide): FrameSize(width: 176, height: 96)
    case (.base, .classic): FrameSize(width: 144, height: 112)
    case (.base, .square): FrameSize(width: 128, height: 128)
    case (.base, .portrait): FrameSize(width: 112, height: 144)
    case (.base, .tall): FrameSize(width: 96, height: 176)
    case (.base, .cinema): FrameSize(width: 192, height: 80)
    case (.p480, .wide): FrameSize(width: 864, height: 480)
    case (.p480, .classic): FrameSize(width: 736, height: 544)
    case (.p480, .square): FrameSize(width: 640, height: 640)
    case (.p480, .portrait): FrameSize(width: 544, height: 736)
    case (.p480, .tall): FrameSize(width: 480, height: 864)
    case (.p480, .cinema): FrameSize(width: 960, height: 416)
    case (.p720, .wide): FrameSize(width: 1248, height: 704)
    case (.p720, .classic): FrameSize(width: 1120, height: 832)
    case (.p720, .square): FrameSize(width: 960, height: 960)
    case (.p720, .portrait): FrameSize(width: 832, height: 1120)
    case (.p720, .tall): FrameSize(width: 704, height: 1248)
    case (.p720, .cinema): FrameSize(width: 1504, height: 640)
    case (.p1080, .wide): FrameSize(width: 1920, height: 1088)
    case (.p1080, .classic): FrameSize(width: 1664, height: 1248)
    case (.p1080, .square): FrameSize(width: 1440, height: 1440)
    case (.p1080, .portrait): FrameSize(width: 1248, height: 1664)
    case (.p1080, .tall): FrameSize(width: 1088, height: 1920)
    case (.p1080, .cinema): FrameSize(width: 2176, height: 928)
    }
  }
}
