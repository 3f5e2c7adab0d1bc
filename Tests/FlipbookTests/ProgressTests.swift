import Flipbook
import Testing

@testable import flipbook

@Suite struct ProgressTests {
  private let progress = StepProgress(step: 12, count: 30, seconds: 6)

  @Test func ratesAndTimes() {
    #expect(progress.rate == 2)
    #expect(progress.secondsLeft == 9)
    #expect(ProgressBar.tail(progress) == "2.00 it/s 0:09 left")
    let slow = StepProgress(step: 11, count: 30, resumedAt: 10, seconds: 5)
    #expect(ProgressBar.tail(slow) == "5.00 s/it 1:35 left")
    #expect(ProgressBar.tail(StepProgress(step: 0, count: 3, seconds: 0)) == "- it/s 0:00 left")
    #expect(Quantity.duration(3723) == "1:02:03")
    #expect(Quantity.duration(.infinity) == "99:59:59")
  }

  @Test(arguments: [10, 20, 40, 80, 200])
  func barsFitTheTerminal(width: Int) {
    let terminal = Terminal(isTerminal: true, environment: ["NO_COLOR": "1"], width: width)
    for fraction in [-1, 0, 0.3, 1, 2, Double.nan] {
      let line = ProgressBar.line(
        label: "step 12/30", fraction: fraction, tail: "2.00 it/s 0:09 left", terminal: terminal)
      #expect(line.count < width)
    }
  }

  @Test func wishesOfTheTerminalAreObeyed() {
    let plain = Terminal(isTerminal: true, environment: [:], width: 80)
    #expect(plain.isInteractive && plain.hasColor)
    let colorless = Terminal(isTerminal: true, environment: ["NO_COLOR": "1"], width: 80)
    #expect(colorless.isInteractive && !colorless.hasColor)
    let dumb = Terminal(isTerminal: true, environment: ["TERM": "dumb"], width: 80)
    #expect(!dumb.isInteractive && !dumb.hasColor)
    let pipe = Terminal(isTerminal: false, environment: [:], width: 80)
    #expect(!pipe.isInteractive && !pipe.hasColor)
  }

  @Test func stylesWriteWhatTheyShould() {
    let event = GenerationEvent.step(progress)
    func text(_ mode: ProgressMode, isTerminal: Bool, color: Bool = false) -> String {
      var text = ""
      let terminal = Terminal(
        isTerminal: isTerminal, environment: color ? [:] : ["NO_COLOR": "1"], width: 80)
      var reporter = ProgressReporter(mode, terminal: terminal) { text += $0 }
      reporter.report(event)
      reporter.endLine()
      return text
    }
    #expect(text(.auto, isTerminal: false) == "step 12/30, 2.00 it/s 0:09 left\n")
    #expect(text(.plain, isTerminal: true) == text(.auto, isTerminal: false))
    #expect(text(.none, isTerminal: true) == "")
    #expect(text(.auto, isTerminal: true).hasPrefix("\r\u{1b}[2Kstep 12/30 ━"))
    #expect(!text(.auto, isTerminal: true).contains("\u{1b}[36m"))
    #expect(text(.auto, isTerminal: true, color: true).contains("\u{1b}[36m"))
    #expect(text(.json, isTerminal: true).hasPrefix(#"{"event":"step","step":12,"steps":30,"#))
  }
}
