/// The entry point. Everything else lives in types of its own: a closure written here would belong to
/// the main actor.
@main
enum Main {
  static func main() {
    Program.run()
  }
}
