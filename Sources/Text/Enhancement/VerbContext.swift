/// Where a phrase with several readings stands, which decides between them.
struct VerbContext {
  enum Camera {
    case none
    /// The clause says "camera".
    case named
    /// The clause before did, and this one names no subject.
    case before
  }

  let camera: Camera
  /// Whether the camera has its verb in this clause already.
  let cameraHasVerb: Bool
  /// Whether a subject stands behind the phrase in the same clause.
  let subjectFollows: Bool
  /// Whether there are two subjects around it.
  let hasTwoSubjects: Bool

  /// The reading that fits; nil where the phrase says nothing here.
  func reading(of readings: [Meaning], _ vocabulary: PromptVocabulary) -> Meaning? {
    if readings.count == 1, readings[0].table != .interaction, readings[0].table != .family {
      return readings[0]
    }
    func first(_ table: Meaning.Table) -> Meaning? { readings.first { $0.table == table } }
    func family(camera: Bool) -> Meaning? {
      readings.first {
        guard $0.table == .family, let sides = vocabulary.families[$0.value] else { return false }
        return !(camera ? sides.camera : sides.subject).isEmpty
      }
    }
    let ofCamera = first(.camera) ?? family(camera: true)
    let ofSubject = first(.action) ?? family(camera: false)
    let others = readings.first {
      ![.action, .interaction, .camera, .family].contains($0.table)
    }
    let ofTwo = hasTwoSubjects ? first(.interaction) : nil
    // "the camera zooms in on a spinning ball": the second verb is the ball's.
    let isCameras = camera != .none && !(cameraHasVerb && subjectFollows)
    if isCameras, let ofCamera { return ofCamera }
    // A camera that has its verb says no second one of a pair: "the camera follows …".
    return ofTwo ?? ofSubject ?? ofCamera ?? others
  }

  /// Whether a family's verb is said of the camera here.
  func isCamera(_ meaning: Meaning, _ vocabulary: PromptVocabulary) -> Bool {
    guard let sides = vocabulary.families[meaning.value] else { return false }
    if sides.subject.isEmpty { return true }
    return camera != .none && !sides.camera.isEmpty && !(cameraHasVerb && subjectFollows)
  }
}
