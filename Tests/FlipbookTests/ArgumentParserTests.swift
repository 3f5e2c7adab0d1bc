import Flipbook
import Testing

@testable import flipbook

@Suite struct ArgumentParserTests {
  private func parse(
    _ arguments: String...
  ) throws(FlipbookError) -> ArgumentParser<GenerateSettings>.Result {
    try ArgumentParser(command: GenerateCommand.declaration).parse(arguments)
  }

  private func texts(_ result: ArgumentParser<GenerateSettings>.Result) -> [String] {
    result.given.map { "\($0.option.name)=\($0.text)" }
  }

  @Test func readsEverySpelling() throws {
    #expect(try texts(parse("--steps", "4")) == ["steps=4"])
    #expect(try texts(parse("--steps=4")) == ["steps=4"])
    #expect(try texts(parse("-o", "a.mp4")) == ["output=a.mp4"])
    #expect(try texts(parse("-oa.mp4")) == ["output=a.mp4"])
    #expect(try texts(parse("-q", "--dry-run")) == ["quiet=true", "dry-run=true"])
    #expect(try texts(parse("--zero-star=false")) == ["zero-star=false"])
    #expect(try texts(parse("--negative-prompt=")) == ["negative-prompt="])
    #expect(try texts(parse("--negative-prompt=a=b")) == ["negative-prompt=a=b"])
    #expect(try texts(parse("--seed", "-5")) == ["seed=-5"])
  }

  @Test func operandsStandAnywhere() throws {
    #expect(try parse("a boat", "--steps", "4").operands == ["a boat"])
    #expect(try parse("--steps", "4", "a boat").operands == ["a boat"])
    #expect(try parse("--steps", "4", "--", "--a boat").operands == ["--a boat"])
    #expect(try parse("--", "--help").operands == ["--help"])
    #expect(try parse("--", "--help").wantsHelp == false)
    #expect(try parse("").operands == [""])
    #expect(try parse("-").operands == ["-"])
  }

  @Test func helpWins() throws {
    #expect(try parse("--steps", "4", "--help").wantsHelp)
    #expect(try parse("-h").wantsHelp)
  }

  @Test(arguments: [
    (["--stesp", "4"], "did you mean --steps?"),
    (["--guidence-scale", "4"], "did you mean --guidance-scale?"),
    (["--steps"], "write --steps N"),
    (["--steps", "--seed", "4"], "write --steps=--seed if that is the value"),
    (["--seed", "1", "--seed", "2"], "keep the one you mean"),
    (["a", "b"], "put quotes around text with spaces"),
    (["-x"], "begins with a dash"),
    (["--sketch", "a.png"], "lists the options"),
  ])
  func refusesAndAdvises(arguments: [String], advice: String) throws {
    let error = #expect(throws: FlipbookError.self) {
      try ArgumentParser(command: GenerateCommand.declaration).parse(arguments)
    }
    #expect(error?.exitCode == .usage)
    #expect(error?.advice?.contains(advice) == true, "\(error?.advice ?? "")")
  }

  /// Names, letters and exclusions of a command must not collide; every option has a help text.
  @Test func declarationsAreConsistent() {
    for command in Program.outlines {
      let names = command.options.map(\.name)
      #expect(Set(names).count == names.count)
      let letters = command.options.compactMap(\.short)
      #expect(Set(letters).count == letters.count)
      for option in command.options {
        #expect(!option.help.isEmpty && !option.help.hasSuffix("."))
        #expect(HelpText.command(command).contains("--" + option.name))
      }
      #expect(HelpText.overview(Program.outlines).contains(command.name))
    }
    let names = GenerateSettings.options.map(\.name)
    for option in GenerateSettings.options {
      #expect(option.excludes.allSatisfy(names.contains))
    }
  }
}
