import Flipbook

/// The entry point. Everything else lives in types of its own: a closure written here would belong
/// to the main actor.
@main
enum Main {
  static func main() async {
    Console.finish(await Program.run(Array(CommandLine.arguments.dropFirst())))
  }
}
