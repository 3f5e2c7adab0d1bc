import Flipbook

/// Completion scripts for shells, written from the declarations.
enum CompletionScript {
  /// The shells that have one.
  enum Shell: String, CaseIterable, Sendable { case bash, zsh, fish }

  static func script(for shell: Shell, _ commands: [CommandOutline]) -> String {
    switch shell {
    case .bash: bash(commands)
    case .zsh: zsh(commands)
    case .fish: fish(commands)
    }
  }

  // MARK: bash

  private static func bash(_ commands: [CommandOutline]) -> String {
    var text = """
      # bash completion for flipbook: source it, or put it into
      # ~/.local/share/bash-completion/completions/flipbook
      _flipbook() {
        local word="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}"
        COMPREPLY=()
        if [ "$COMP_CWORD" -eq 1 ]; then
          COMPREPLY=($(compgen -W "\(names(commands)) --help --version" -- "$word"))
          return
        fi
        case "${COMP_WORDS[1]}" in

      """
    for command in commands {
      text += "    \(command.name))\n      case \"$previous\" in\n"
      for option in command.options {
        guard let action = bashAction(option.value) else { continue }
        text += "        \(spellings(option).joined(separator: "|")))\n"
        text += "          \(action)\n          return ;;\n"
      }
      text += "      esac\n"
      let flags = command.options.map { "--" + $0.name }.joined(separator: " ")
      text += "      if [[ \"$word\" == -* ]]; then\n"
      text += "        COMPREPLY=($(compgen -W \"\(flags)\" -- \"$word\"))\n      else\n"
      switch command.operandKind {
      case .path: text += "        COMPREPLY=($(compgen -f -- \"$word\"))\n"
      case .choice(let values):
        text +=
          "        COMPREPLY=($(compgen -W \"\(values.joined(separator: " "))\" -- \"$word\"))\n"
      case .text: text += "        :\n"
      }
      text += "      fi ;;\n"
    }
    return text + "  esac\n}\ncomplete -o filenames -F _flipbook flipbook\n"
  }

  private static func bashAction(_ value: OptionArgument) -> String? {
    switch value {
    case .flag: nil
    case .text: "COMPREPLY=()"
    case .path: "COMPREPLY=($(compgen -f -- \"$word\"))"
    case .choice(let values):
      // A ratio has a colon, at which bash breaks words: complete what stands after it.
      "COMPREPLY=($(compgen -W \"\(values.joined(separator: " "))\" -- \"$word\"))"
    }
  }

  // MARK: zsh

  private static func zsh(_ commands: [CommandOutline]) -> String {
    var text = """
      #compdef flipbook
      # zsh completion for flipbook: put it as _flipbook into a directory of $fpath
      _flipbook() {
        local -a commands
        commands=(

      """
    for command in commands { text += "    \(zshWord("\(command.name):\(command.summary)"))\n" }
    text += """
        )
        if (( CURRENT == 2 )); then
          _describe 'command' commands
          return
        fi
        local name="${words[2]}"
        shift words
        (( CURRENT-- ))
        case "$name" in

      """
    for command in commands {
      text += "    \(command.name))\n      _arguments"
      for option in command.options {
        for spelling in spellings(option) {
          text += " \\\n        " + zshWord(zshSpecification(spelling, option))
        }
      }
      switch command.operandKind {
      case .path: text += " \\\n        '*:file:_files'"
      case .choice(let values):
        text += " \\\n        " + zshWord("1:value:(\(values.joined(separator: " ")))")
      case .text: text += " \\\n        '*:text:'"
      }
      text += " ;;\n"
    }
    return text + """
        esac
      }
      if [ "$funcstack[1]" = "_flipbook" ]; then _flipbook "$@"; else compdef _flipbook flipbook; fi

      """
  }

  private static func zshSpecification(_ spelling: String, _ option: OptionOutline) -> String {
    // Brackets and colons divide a specification.
    let help = option.help.map { "[]:\\".contains($0) ? "\\\($0)" : String($0) }.joined()
    let head = "\(spelling)[\(help)]"
    switch option.value {
    case .flag: return head
    case .text(let name): return "\(head):\(name):"
    case .path(let name): return "\(head):\(name):_files"
    case .choice(let values):
      let escaped = values.map { $0.split(separator: ":").joined(separator: "\\:") }
      return "\(head):value:(\(escaped.joined(separator: " ")))"
    }
  }

  private static func zshWord(_ text: String) -> String {
    "'"
      + text.split(separator: "'", omittingEmptySubsequences: false).joined(
        separator: "'\\''") + "'"
  }

  // MARK: fish

  private static func fish(_ commands: [CommandOutline]) -> String {
    var text = """
      # fish completion for flipbook: put it into ~/.config/fish/completions/flipbook.fish
      complete -c flipbook -f
      complete -c flipbook -n __fish_use_subcommand -l help -s h -d 'this text'
      complete -c flipbook -n __fish_use_subcommand -l version -d 'the version'

      """
    for command in commands {
      text += "complete -c flipbook -n __fish_use_subcommand -a \(command.name)"
      text += " -d \(fishWord(command.summary))\n"
      let condition = "-n '__fish_seen_subcommand_from \(command.name)'"
      for option in command.options {
        text += "complete -c flipbook \(condition) -l \(option.name)"
        if let short = option.short { text += " -s \(short)" }
        switch option.value {
        case .flag: break
        case .text: text += " -x"
        case .path: text += " -r -F"
        case .choice(let values): text += " -x -a \(fishWord(values.joined(separator: " ")))"
        }
        text += " -d \(fishWord(option.help))\n"
      }
      switch command.operandKind {
      case .path: text += "complete -c flipbook \(condition) -F\n"
      case .choice(let values):
        text += "complete -c flipbook \(condition) -a \(fishWord(values.joined(separator: " ")))\n"
      case .text: break
      }
    }
    return text
  }

  private static func fishWord(_ text: String) -> String {
    let escaped = text.map { $0 == "'" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
    return "'\(escaped)'"
  }

  // MARK: words

  private static func names(_ commands: [CommandOutline]) -> String {
    commands.map(\.name).joined(separator: " ")
  }

  private static func spellings(_ option: OptionOutline) -> [String] {
    ["--" + option.name] + (option.short.map { ["-\($0)"] } ?? [])
  }
}
