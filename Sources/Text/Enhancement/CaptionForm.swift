/// A shot's description as the caption that the model was trained on.
struct CaptionForm {
  let vocabulary: PromptVocabulary

  /// - Parameters:
  ///   - shot: with at least one subject.
  ///   - known: subjects that earlier shots showed: they have a definite article.
  ///   - style: named in the first shot alone.
  func caption(_ shot: ShotDescription, known: Bool, style: Bool) -> String {
    let names = shot.subjects.map(name)
    var who = names.map { known ? "the \($0)" : article($0) }
    if who.count == 2 && shot.interaction == nil {
      who = [who.joined(separator: vocabulary.templates["and"] ?? " ")]
    }
    let framing = vocabulary.word(.framing, shot.framing ?? vocabulary.defaults[.framing] ?? "")
    let camera = shot.camera.map {
      vocabulary.filled("camera", ["camera": vocabulary.word(.camera, $0)])
    }
    let text = vocabulary.filled(
      shot.scene == nil ? "placeless" : "dense",
      [
        "a framing": article(framing), "A framing": capitalized(framing),
        "scene": shot.scene.map { vocabulary.word(.scene, $0) } ?? "",
        "subject": who[0], "camera": camera ?? "",
        "does": verb(shot, other: who.last ?? "", form: 0),
        "doing": verb(shot, other: who.last ?? "", form: 1),
      ])
    guard style, let name = shot.style else { return text }
    return vocabulary.filled(
      "style", ["Style": capitalized(vocabulary.word(.style, name)), "caption": text])
  }

  /// The noun phrase of a subject, without an article.
  private func name(_ subject: ShotDescription.Subject) -> String {
    let parts: [(Meaning.Table, String?)] = [
      (.size, subject.size), (.material, subject.material), (.colour, subject.colour),
      (.shape, subject.shape),
    ]
    return parts.compactMap { table, value in value.map { vocabulary.word(table, $0) } }
      .joined(separator: " ")
  }

  /// What the first subject does.
  private func verb(_ shot: ShotDescription, other: String, form: Int) -> String {
    if let interaction = shot.interaction {
      return vocabulary.word(.interaction, interaction, form: form)
        .split(separator: "{b}", omittingEmptySubsequences: false).joined(separator: other)
    }
    let actions = shot.actions.isEmpty ? [vocabulary.defaults[.action] ?? ""] : shot.actions
    return actions.map { vocabulary.word(.action, $0, form: form) }
      .joined(separator: vocabulary.templates["then"] ?? " ")
  }

  private func article(_ noun: String) -> String {
    "\(noun.first.map { "aeiou8".contains($0) } == true ? "an" : "a") \(noun)"
  }

  private func capitalized(_ text: String) -> String {
    text.prefix(1).uppercased() + text.dropFirst()
  }
}
