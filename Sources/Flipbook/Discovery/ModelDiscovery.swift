import Foundation

/// Finds model directories: the one that was named, or the first of the places where one may lie.
public struct ModelDiscovery: Sendable {
  /// A model directory, and who said so.
  public struct Found: Sendable, Equatable {
    /// Where it lies.
    public let path: String
    /// The last part of the path, by which `--model` finds it too.
    public var name: String { URL(fileURLWithPath: path).lastPathComponent }
    /// Who named it: an option, a variable, or a place that is always looked at.
    public let origin: String
  }

  /// The model that is taken where several lie in one place.
  public static let bundledName = "diorama"

  private let environment: [String: String]
  private let workingDirectory: String
  private let executable: String?

  /// A search as this process sees the world.
  public init() {
    self.init(
      environment: ProcessInfo.processInfo.environment,
      workingDirectory: FileManager.default.currentDirectoryPath,
      executable: Self.executablePath)
  }

  /// A search in a world that is handed in.
  ///
  /// - Parameters:
  ///   - environment: variables; `FLIPBOOK_MODEL`, `XDG_DATA_HOME`, `XDG_DATA_DIRS`, `HOME` count.
  ///   - workingDirectory: what relative paths begin at.
  ///   - executable: the running program.
  public init(environment: [String: String], workingDirectory: String, executable: String?) {
    self.environment = environment
    self.workingDirectory = workingDirectory
    self.executable = executable
  }

  /// The model to run.
  ///
  /// - Parameter named: a directory, or the name of a model that `all()` lists.
  /// - Throws: `FlipbookError.model` with every place that was looked at.
  public func find(named: String? = nil) throws(FlipbookError) -> Found {
    if let named {
      if let found = try explicit(named, origin: "--model") { return found }
      let known = all()
      if let found = known.first(where: { $0.name == named }) { return found }
      let suggestion = Suggestion.nearest(to: named, in: known.map(\.name))
      throw .model(
        path: named, problem: "there is no such directory",
        advice: suggestion.map { "did you mean '\($0)'?" }
          ?? "'flipbook models' lists the models that were found")
    }
    if let variable = environment["FLIPBOOK_MODEL"], !variable.isEmpty {
      if let found = try explicit(variable, origin: "FLIPBOOK_MODEL") { return found }
      throw .model(
        path: variable, problem: "there is no such directory",
        advice: "FLIPBOOK_MODEL names it; correct or unset the variable")
    }
    if let found = all().first { return found }
    throw .model(
      path: Self.bundledName, problem: "no model was found",
      advice: "looked in " + places.map(\.path).joined(separator: ", ")
        + "; name one with --model DIR")
  }

  /// Every model directory in the places that are always looked at, in the order of preference.
  public func all() -> [Found] {
    var found: [Found] = []
    if let variable = environment["FLIPBOOK_MODEL"], !variable.isEmpty,
      Self.isModel(absolute(variable))
    {
      found.append(Found(path: absolute(variable), origin: "FLIPBOOK_MODEL"))
    }
    for place in places {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: place.path)) ?? []
      let models = names.filter { Self.isModel(place.path + "/" + $0) }
        .sorted { ($0 != Self.bundledName ? 1 : 0, $0) < ($1 != Self.bundledName ? 1 : 0, $1) }
      found += models.map { Found(path: place.path + "/" + $0, origin: place.origin) }
    }
    var seen: Set<String> = []
    return found.filter { seen.insert(Self.resolved($0.path)).inserted }
  }

  /// Whether a directory has the index of a model in diffusers' layout.
  public static func isModel(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: path + "/model_index.json")
  }

  /// The folders that hold models: here, beside the program and above it, and XDG's.
  private var places: [(path: String, origin: String)] {
    var places = [(path: workingDirectory + "/Weights", origin: "the working directory")]
    if let executable {
      var directory = URL(fileURLWithPath: Self.resolved(executable)).deletingLastPathComponent()
      while true {
        places.append((Self.joined(directory.path, "Weights"), "beside the program"))
        if directory.path == "/" { break }
        directory.deleteLastPathComponent()
      }
    }
    let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 }
    let dataHome = variable("XDG_DATA_HOME") ?? home.map { $0 + "/.local/share" }
    let dataDirectories = variable("XDG_DATA_DIRS") ?? "/usr/local/share:/usr/share"
    for directory in [dataHome].compactMap(\.self)
      + dataDirectories.split(separator: ":").map(String.init)
    where directory.hasPrefix("/") {
      places.append((Self.joined(directory, "flipbook/models"), "data directory"))
    }
    return places
  }

  private func variable(_ name: String) -> String? {
    environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// A model that somebody named as a path; nil where nothing of that name is there.
  private func explicit(_ path: String, origin: String) throws(FlipbookError) -> Found? {
    let whole = absolute(path)
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: whole, isDirectory: &isDirectory) else {
      return nil
    }
    guard isDirectory.boolValue else {
      throw .model(
        path: path, problem: "it is a file, expected a model directory",
        advice: "name the directory that holds model_index.json")
    }
    guard Self.isModel(whole) else {
      throw .model(
        path: path, problem: "it holds no model_index.json, so it is no model directory",
        advice: "a model lies in diffusers' layout: model_index.json, transformer, vae …")
    }
    return Found(path: OutputName.trimmed(path), origin: origin)
  }

  private func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : workingDirectory + "/" + path
  }

  private static func joined(_ directory: String, _ name: String) -> String {
    (directory.hasSuffix("/") ? directory : directory + "/") + name
  }

  private static func resolved(_ path: String) -> String {
    URL(fileURLWithPath: path).resolvingSymlinksInPath().path
  }

  /// The running program: what the kernel says, or what the shell said.
  private static var executablePath: String? {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? Bundle.main.executablePath
  }
}
