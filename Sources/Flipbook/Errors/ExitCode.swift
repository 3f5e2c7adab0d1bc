/// What the process tells its parent. Scripts may rely on these numbers.
public enum ExitCode: Int32, Sendable, CaseIterable {
  /// Everything that was asked for is there.
  case done = 0
  /// `doctor` found something wrong; no other command ends so.
  case unhealthy = 1
  /// The command line or the environment says something that has no meaning, or an option has a
  /// value that it cannot have.
  case usage = 2
  /// The model directory is missing, damaged or of another kind.
  case badModel = 3
  /// A prompt, a config file or another input cannot be used.
  case badInput = 4
  /// Reading or writing failed: no room, no permission, no such directory.
  case inputOutput = 5
  /// Not enough memory.
  case memory = 6
  /// A layer gave a number that is not finite.
  case numbers = 7
  /// Ended by SIGINT, or by the cancellation of its task.
  case interrupted = 130
  /// Ended by SIGTERM.
  case terminated = 143
}
