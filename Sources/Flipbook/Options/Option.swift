package import Checkpoint

/// What stands after an option's name.
package enum OptionArgument: Sendable, Equatable {
  /// Nothing: the option is there or not.
  case flag
  /// Free text, shown under this name.
  case text(String)
  /// One of these.
  case choice([String])
  /// A path, shown under this name.
  case path(String)

  /// What help texts put there: `N`, `euler|heun`, nothing for a flag.
  package var label: String? {
    switch self {
    case .flag: nil
    case .text(let name), .path(let name): name
    case .choice(let values): values.joined(separator: "|")
    }
  }
}

/// One option, declared once: the command line, the environment, config files, JSON lines, help
/// texts, completion scripts and the metadata of a video all read this declaration.
package struct Option<Target>: Sendable {
  /// The long name, without dashes.
  package let name: String
  /// The letter of the short form.
  package let short: Character?
  /// What it takes.
  package let value: OptionArgument
  /// One sentence, in lower case, without a full stop.
  package let help: String
  /// What holds when nobody says anything, as a person reads it.
  package let defaultText: String?
  /// Writes a value into the target; a flag gets "true" or "false".
  package let set: @Sendable (_ text: String, _ target: inout Target) throws(FlipbookError) -> Void
  /// Reads the value back, for the metadata of a video; nil where nobody gave one. Options that do
  /// not change what a video shows have no reader.
  package private(set) var get: (@Sendable (_ target: Target) -> JSONValue?)?
  /// Options that say the same in another way: not beside it, but a later source may use one.
  package let excludes: [String]

  package init(
    _ name: String, short: Character? = nil, _ value: OptionArgument, _ help: String,
    default defaultText: String? = nil, excludes: [String] = [],
    set: @escaping @Sendable (String, inout Target) throws(FlipbookError) -> Void
  ) {
    self.excludes = excludes
    self.name = name
    self.short = short
    self.value = value
    self.help = help
    self.defaultText = defaultText
    self.set = set
  }

  /// The same option with a reader: its value decides what a video shows, and is kept with it.
  package func recorded(_ get: @escaping @Sendable (Target) -> JSONValue?) -> Option {
    var option = self
    option.get = get
    return option
  }

  /// The same option for something that contains the target.
  package func lifted<Whole>(
    to part: any WritableKeyPath<Whole, Target> & Sendable
  ) -> Option<Whole> {
    let option = Option<Whole>(
      name, short: short, value, help, default: defaultText, excludes: excludes
    ) { (text, whole) throws(FlipbookError) in try set(text, &whole[keyPath: part]) }
    guard let get else { return option }
    return option.recorded { whole in get(whole[keyPath: part]) }
  }

  /// The environment variable that stands in for the option: `FLIPBOOK_GUIDANCE_SCALE`.
  package var environmentName: String {
    "FLIPBOOK_" + name.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
  }
}
