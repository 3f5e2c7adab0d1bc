import Video

extension GenerationRun {
  /// Makes the clips of a comparison one after the other. All but the last are kept in memory, as
  /// 8-bit pixels; with the frames of the last the whole goes on frame by frame.
  func compare(
    _ layout: SideBySide, _ model: LoadableModel, _ append: (Picture) throws -> Void
  ) throws {
    var clips: [[Picture]] = []
    for variant in job.variants.dropLast() {
      var clip: [Picture] = []
      try GenerationRun(job: variant, checks: checks, emit: emit).frames(model) { clip.append($0) }
      clips.append(clip)
    }
    guard let last = job.variants.last else { return }
    var index = 0
    try GenerationRun(job: last, checks: checks, emit: emit).frames(model) { picture in
      try append(layout.picture(clips.map { $0[index] } + [picture]))
      index += 1
    }
  }
}
