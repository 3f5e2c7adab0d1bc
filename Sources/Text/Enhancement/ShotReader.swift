/// Understands one shot: from phrases to a description.
///
/// A few rules of order do it, the same for English and Chinese: adjectives stand before their noun
/// or are said of the last one; a clause that speaks of the camera takes verbs as the camera's until
/// a subject follows; a direction belongs to the verb nearest to it; a verb with two subjects around
/// it is what the first does to the second.
struct ShotReader {
  let vocabulary: PromptVocabulary
  let source: String
  /// The subjects of the shots before.
  let earlier: [ShotDescription.Subject]

  private(set) var shot = ShotDescription()
  /// Whether the shot itself says what it is about, be it by "it".
  private(set) var namesSubject = false
  /// Words that mean nothing to the vocabulary, as they stand in the prompt.
  private(set) var unknown: [Range<String.Index>] = []
  /// What was understood and has no place in the caption.
  private(set) var leftOut: [Range<String.Index>] = []

  private var pending: [(meaning: Meaning, range: Range<String.Index>)] = []
  private var pendingIsNew = false
  /// Which subject was spoken of last.
  private var current: Int?
  /// The family of the last verb that wanted a direction.
  private var lastFamily: String?
  /// Whether the clause before spoke of the camera.
  private var continuesCamera = false
  private var isSwapped = false
  /// Actions with their subject, in groups by clause.
  private var actions: [[Action]] = []
  private var postponed: [Action] = []

  private struct Action {
    let value: String
    let subject: Int?
    let range: Range<String.Index>
  }

  init(
    _ lexemes: [Lexeme], of source: String, earlier: [ShotDescription.Subject],
    vocabulary: PromptVocabulary
  ) {
    self.vocabulary = vocabulary
    self.source = source
    self.earlier = earlier
    for clause in Clause.divide(lexemes) { read(clause) }
    actions.append(postponed)
    finish()
  }

  // MARK: clauses

  /// A verb of a clause before its direction is known.
  private struct Verb {
    let index: Int
    let meaning: Meaning
    let isCamera: Bool
    let isNegated: Bool
    let subject: Int?
    let range: Range<String.Index>
  }

  private mutating func read(_ clause: Clause) {
    let lexemes = clause.lexemes
    let nouns = lexemes.indices.filter { lexemes[$0].has(.shape) }
    var verbs: [Verb] = []
    var directions: [(index: Int, value: String)] = []
    var speaksOfCamera = false
    var cameraHasVerb = false
    var hasSubject = false
    var isNegated = false
    var isNew = false
    var isAnother = false
    var count = 1
    var isPassive = false

    for (index, lexeme) in lexemes.enumerated() {
      guard case .known(let readings) = lexeme.content else {
        unknown.append(lexeme.range)
        isNegated = false
        continue
      }
      let subjectFollows = nouns.contains { $0 > index }
      let context = VerbContext(
        camera: speaksOfCamera
          ? .named : continuesCamera && nouns.isEmpty && !hasSubject ? .before : .none,
        cameraHasVerb: cameraHasVerb, subjectFollows: subjectFollows,
        hasTwoSubjects: hasTwoSubjects(nouns, at: index))
      guard let meaning = context.reading(of: readings, vocabulary) else {
        unknown.append(lexeme.range)
        continue
      }
      switch meaning.table {
      case .word:
        switch Joint(rawValue: meaning.value) {
        case .camera: speaksOfCamera = true
        case .not: isNegated = true
        case .new: isNew = true
        case .another: (isNew, isAnother) = (true, true)
        case .two: count = 2
        case .passive: isPassive = true
        case .pronoun:
          (hasSubject, namesSubject) = (true, true)
          if cameraHasVerb { speaksOfCamera = false }
        default: break
        }
        continue
      case .direction:
        directions.append((index, meaning.value))
        continue
      case .size, .material, .colour:
        if pending.isEmpty { pendingIsNew = isNew || count > 1 }
        if let meaning = isNegated ? vocabulary.opposites[meaning] : meaning {
          pending.append((meaning, lexeme.range))
        } else {
          leftOut.append(lexeme.range)
        }
      case .shape:
        if isNegated {
          leftOut.append(lexeme.range)
        } else {
          for _ in 0..<count {
            mention(
              meaning.value, isNew: isNew || count > 1, isAnother: isAnother || count > 1,
              lexeme.range)
          }
          pending = []
          (hasSubject, namesSubject) = (true, true)
          if cameraHasVerb { speaksOfCamera = false }
        }
        (isNew, isAnother, count) = (false, false, 1)
      case .scene:
        pending = []
        set(\.scene, meaning.value, isNegated, lexeme.range)
        (isNew, count) = (false, 1)
      case .style: set(\.style, meaning.value, isNegated, lexeme.range)
      case .framing: set(\.framing, meaning.value, isNegated, lexeme.range)
      case .action, .interaction, .camera, .family:
        let isCamera =
          meaning.table == .camera
          || (meaning.table == .family && context.isCamera(meaning, vocabulary))
        if isCamera {
          cameraHasVerb = true
          // "panning shot of a red ball": what follows is about the ball.
          if subjectFollows && !speaksOfCamera { continuesCamera = false }
        }
        verbs.append(
          Verb(
            index: index, meaning: meaning, isCamera: isCamera, isNegated: isNegated,
            subject: hasSubject ? current : nil, range: lexeme.range))
      }
      isNegated = false
    }

    resolve(verbs, directions, clause.order, hasSubject: hasSubject)
    if isPassive && verbs.contains(where: { $0.meaning.table == .interaction }) { isSwapped = true }
    if hasSubject || !cameraHasVerb { continuesCamera = false }
    if cameraHasVerb && nouns.isEmpty { continuesCamera = true }
    endAdjectives()
  }

  /// Whether a verb at `index` stands with two subjects: one before it and one behind, or two before
  /// it as in 「红球从方块上跳过」.
  private func hasTwoSubjects(_ nouns: [Int], at index: Int) -> Bool {
    let before = nouns.count { $0 < index }
    let after = nouns.count - before
    let known = !shot.subjects.isEmpty || !earlier.isEmpty
    return before >= 2 || (after >= 1 && (before >= 1 || known)) || after >= 2
  }

  /// Gives every verb the direction that stands nearest, and says what came of it.
  private mutating func resolve(
    _ verbs: [Verb], _ directions: [(index: Int, value: String)], _ order: Clause.Order,
    hasSubject: Bool
  ) {
    var verbs = verbs
    if verbs.isEmpty, !hasSubject, let family = lastFamily, let direction = directions.first {
      // "rolls left, then right": the verb is that of the clause before.
      verbs = [
        Verb(
          index: direction.index, meaning: Meaning(.family, family), isCamera: false,
          isNegated: false, subject: current, range: source.startIndex..<source.startIndex)
      ]
    }
    // "rolls off to the right": a side says more than near and far.
    func distance(_ pair: (verb: Int, direction: Int)) -> (Int, Int) {
      let direction = directions[pair.direction]
      return (
        ["left", "right"].contains(direction.value) ? 0 : 1,
        abs(verbs[pair.verb].index - direction.index)
      )
    }
    var chosen: [Int: String] = [:]
    var free = Set(directions.indices)
    let pairs = verbs.indices.filter { verbs[$0].meaning.table == .family }
      .flatMap { verb in directions.indices.map { (verb: verb, direction: $0) } }
      .sorted { distance($0) < distance($1) }
    for (verb, direction) in pairs where chosen[verb] == nil && free.contains(direction) {
      guard
        table(of: verbs[verb])[directions[direction].value] != nil
      else { continue }
      chosen[verb] = directions[direction].value
      free.remove(direction)
    }

    var group: [Action] = []
    for (index, verb) in verbs.enumerated() {
      var meaning = verb.meaning
      if meaning.table == .family {
        guard let value = table(of: verb)[chosen[index] ?? ""] else { continue }
        if !verb.isCamera { lastFamily = meaning.value }
        meaning = value
      }
      switch meaning.table {
      case .camera:
        set(\.camera, verb.isNegated ? vocabulary.staticCamera : meaning.value, false, verb.range)
      case .interaction:
        set(\.interaction, meaning.value, verb.isNegated, verb.range)
      default:
        if verb.isNegated {
          leftOut.append(verb.range)
        } else {
          group.append(Action(value: meaning.value, subject: verb.subject, range: verb.range))
        }
      }
    }
    // What two do to each other takes up the clause: 「绕着…转」, "sends it rolling".
    if verbs.contains(where: { $0.meaning.table == .interaction && !$0.isNegated }) { group = [] }
    switch order {
    case .plain:
      actions.append(group)
      if !group.isEmpty && !postponed.isEmpty {
        actions.append(postponed)
        postponed = []
      }
    case .earlier: actions.insert(group, at: max(actions.count - 1, 0))
    case .later: postponed += group
    }
  }

  private func table(of verb: Verb) -> [String: Meaning] {
    guard let sides = vocabulary.families[verb.meaning.value] else { return [:] }
    return verb.isCamera ? sides.camera : sides.subject
  }

  // MARK: subjects

  /// A noun with the adjectives that were waiting for one.
  private mutating func mention(
    _ shape: String, isNew: Bool, isAnother: Bool, _ range: Range<String.Index>
  ) {
    var subject = ShotDescription.Subject(shape: shape)
    for (meaning, range) in pending {
      if subject[meaning.table] == nil {
        subject[meaning.table] = meaning.value
      } else if subject[meaning.table] != meaning.value {
        leftOut.append(range)
      }
    }
    if !isNew, let same = shot.subjects.firstIndex(where: subject.agrees) {
      shot.subjects[same] = shot.subjects[same].adding(subject)
      current = same
      return
    }
    // The shots of a clip are about the same things, whatever the article.
    if !isAnother, let known = earlier.first(where: subject.agrees), !shot.subjects.contains(known)
    {
      subject = known.adding(subject)
    }
    guard shot.subjects.count < 2 else {
      leftOut.append(range)
      return
    }
    shot.subjects.append(subject)
    current = shot.subjects.count - 1
  }

  /// Adjectives behind their noun: "the ball is red". Those that begin a noun phrase go on waiting.
  private mutating func endAdjectives() {
    guard let current, !pendingIsNew else { return }
    for (meaning, range) in pending {
      if shot.subjects[current][meaning.table] == nil {
        shot.subjects[current][meaning.table] = meaning.value
      } else if shot.subjects[current][meaning.table] != meaning.value {
        leftOut.append(range)
      }
    }
    pending = []
  }

  /// Sets what a shot has one of; the first that was said stays.
  private mutating func set(
    _ field: WritableKeyPath<ShotDescription, String?>, _ value: String, _ isNegated: Bool,
    _ range: Range<String.Index>
  ) {
    if isNegated || (shot[keyPath: field] != nil && shot[keyPath: field] != value) {
      leftOut.append(range)
    } else {
      shot[keyPath: field] = value
    }
  }

  // MARK: the whole shot

  private mutating func finish() {
    pendingIsNew = false
    endAdjectives()
    for (_, range) in pending where current == nil && !earlier.isEmpty { leftOut.append(range) }
    if shot.subjects.isEmpty { shot.subjects = earlier }
    if shot.interaction != nil, shot.subjects.count < 2 {
      let rest = earlier.filter { other in !shot.subjects.contains(where: other.agrees) }
      shot.subjects += rest.prefix(2 - shot.subjects.count)
      if shot.subjects.count < 2 { shot.interaction = nil }
    }
    if isSwapped { shot.subjects.reverse() }
    var said = Array(actions.joined())
    if shot.interaction != nil {
      leftOut += said.map(\.range)
      return
    }
    // The world's second subject stands by: only the first one acts.
    let ofFirst = said.filter { $0.subject == 0 }
    if shot.subjects.count == 2, !ofFirst.isEmpty {
      leftOut += said.filter { $0.subject == 1 }.map(\.range)
      said = said.filter { $0.subject != 1 }
    }
    for action in said where shot.actions.last != action.value {
      if shot.actions.count < 2 {
        shot.actions.append(action.value)
      } else {
        leftOut.append(action.range)
      }
    }
  }
}
