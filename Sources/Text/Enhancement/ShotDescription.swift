/// What one shot shows, in the world's values.
struct ShotDescription: Equatable {
  /// Something that the shot is about; what nobody said is nil.
  struct Subject: Equatable {
    var size: String?
    var material: String?
    var colour: String?
    var shape: String

    /// Whether the two may be one thing: the same shape, and nothing that contradicts.
    func agrees(with other: Subject) -> Bool {
      func same(_ a: String?, _ b: String?) -> Bool { a == nil || b == nil || a == b }
      return shape == other.shape && same(size, other.size) && same(material, other.material)
        && same(colour, other.colour)
    }

    /// This subject, with what the other says beyond it.
    func adding(_ other: Subject) -> Subject {
      Subject(
        size: size ?? other.size, material: material ?? other.material,
        colour: colour ?? other.colour, shape: shape)
    }

    subscript(table: Meaning.Table) -> String? {
      get {
        switch table {
        case .size: size
        case .material: material
        case .colour: colour
        default: nil
        }
      }
      set {
        switch table {
        case .size: size = newValue
        case .material: material = newValue
        case .colour: colour = newValue
        default: break
        }
      }
    }
  }

  /// One or two; none where the shot is about nothing of this world.
  var subjects: [Subject] = []
  /// One or two in a row, of the first subject.
  var actions: [String] = []
  /// What the first subject does to the second, in place of actions.
  var interaction: String?
  var scene: String?
  var camera: String?
  var framing: String?
  var style: String?
}
