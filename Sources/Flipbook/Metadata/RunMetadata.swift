package import Checkpoint

/// How a video was made: enough to make the same file again. It stands as JSON in the comment of an
/// mp4, a GIF or a PNG, and beside saved latents.
///
/// Nothing in it depends on where, when or how fast the video was made, so that equal input gives
/// equal bytes.
public struct RunMetadata: Sendable, Equatable {
  /// The version of Flipbook.
  public let version: String
  /// The model's name: the last part of its directory's path.
  public let modelName: String
  /// SHA-256 of the model directory, in hexadecimal.
  public let modelHash: String
  /// What the sums were made of.
  public let precision: Precision
  /// The request with every field resolved: no size, length, step count or seed is left open.
  public let request: GenerationRequest
  /// The files that the video was made from.
  public let inputs: [InputFile]

  /// What this version of Flipbook writes.
  public init(
    modelName: String, modelHash: String, precision: Precision, request: GenerationRequest,
    inputs: [InputFile] = [], version: String = FlipbookVersion.current
  ) {
    self.version = version
    self.modelName = modelName
    self.modelHash = modelHash
    self.precision = precision
    self.request = request
    self.inputs = inputs
  }

  /// One line of JSON, the same for equal metadata.
  public var json: String { value.encoded() }

  /// The same as a value: what says how a video was made, then the options under their long names.
  package var value: JSONValue {
    var options = JSONObject()
    for option in GenerationRequest.options {
      options[option.name] = option.get?(request)
    }
    options["precision"] = .string(precision.rawValue)
    let value: JSONValue = [
      "program": "flipbook", "ai-generated": true, "version": .string(version),
      "model": .string(modelName),
      "model-sha256": .string(modelHash), "prompt": .string(request.prompt),
      "options": .object(options),
    ]
    guard var object = value.object else { return value }
    if let caption = request.caption { object["caption"] = .string(caption) }
    var digests = JSONObject()
    for input in inputs { digests["\(input.option)-sha256"] = .string(input.sha256) }
    if !inputs.isEmpty { object["inputs"] = .object(digests) }
    return .object(object)
  }

  /// Reads metadata back.
  ///
  /// - Parameters:
  ///   - json: what `json` gave, of this or an earlier version.
  ///   - source: where the text comes from, for messages.
  /// - Throws: `FlipbookError.input` where it is not Flipbook's.
  public init(json: String, source: String) throws(FlipbookError) {
    let value: JSONValue
    do {
      value = try JSONValue(parsing: json)
    } catch {
      throw .input(name: source, problem: "its metadata is no JSON: \(error)")
    }
    guard value["program"]?.string == "flipbook",
      let version = value["version"]?.string,
      let model = value["model"]?.string,
      let hash = value["model-sha256"]?.string,
      let prompt = value["prompt"]?.string,
      var options = value["options"]?.object
    else {
      throw .input(name: source, problem: "its metadata is not that of Flipbook")
    }
    let precision = options["precision"]?.string.flatMap { Precision(rawValue: $0) }
    options["precision"] = nil
    var request = GenerationRequest(prompt: prompt)
    request.caption = value["caption"]?.string
    try OptionLayer.apply(options, GenerationRequest.options, to: &request, source: source)
    let digests = value["inputs"]
    let shots = request.shotFrames.sorted { $0.key < $1.key }.map {
      ("shot-frames \($0.key)", PictureReference($0.value).path as String?)
    }
    let named =
      [
        ("first-frame", request.firstFrame.map { PictureReference($0).path }),
        ("last-frame", request.lastFrame.map { PictureReference($0).path }),
        ("video", request.video),
      ] + shots
    let inputs: [InputFile] = named.compactMap { option, path in
      guard let path, let digest = digests?["\(option)-sha256"]?.string else { return nil }
      return InputFile(option: option, path: path, sha256: digest)
    }
    self.init(
      modelName: model, modelHash: hash, precision: precision ?? .f32, request: request,
      inputs: inputs, version: version)
  }

  /// The arguments, after `flipbook`, that make the same video again.
  ///
  /// - Parameter output: where it should go.
  public func arguments(output: String) -> [String] {
    var words = ["generate"]
    if !request.prompt.hasPrefix("-") { words.append(request.prompt) }
    if modelName != ModelDiscovery.bundledName { words += Self.words("model", modelName) }
    for option in GenerationRequest.options {
      guard let value = option.get?(request), let text = OptionLayer.text(value) else { continue }
      switch option.value {
      case .flag: words.append("--\(option.name)" + (text == "true" ? "" : "=\(text)"))
      default: words += Self.words(option.name, text)
      }
    }
    words += Self.words("precision", precision.rawValue)
    words += Self.words("output", output)
    if request.prompt.hasPrefix("-") { words += ["--", request.prompt] }
    return words
  }

  /// The command line that makes the same video again, quoted for a POSIX shell.
  public func commandLine(output: String) -> String {
    ShellWord.joined(["flipbook"] + arguments(output: output))
  }

  /// An option with its value; one that begins with a dash would be read as an option.
  private static func words(_ name: String, _ value: String) -> [String] {
    value.hasPrefix("-") ? ["--\(name)=\(value)"] : ["--\(name)", value]
  }
}

extension GenerationRequest {
  /// Takes over everything that decides what a video shows from a run that is to be gone on with.
  ///
  /// - Parameter saved: the request that the saved latents were made for.
  /// - Throws: `FlipbookError.input` where this request says something else than the saved one.
  func resuming(_ saved: GenerationRequest, source: String) throws(FlipbookError)
    -> GenerationRequest
  {
    var mine = self
    // It is drawn onto the frames, after everything that the latents know of.
    mine.watermark = nil
    if ratio != nil || resolution != nil {
      mine.size = (resolution ?? .base).size(ratio ?? .square)
    }
    if case .seconds = length {
      mine.length = .frames(try length.frameCount(native: 1))
    }
    guard prompt.isEmpty || prompt == saved.prompt else {
      throw .input(
        name: source, problem: "it was made for the prompt '\(saved.prompt)'",
        advice: "leave the prompt away, or begin anew")
    }
    for option in Self.options {
      guard let get = option.get, let ours = get(mine), let theirs = get(saved), ours != theirs
      else { continue }
      throw .input(
        name: source,
        problem: "it was made with --\(option.name) \(OptionLayer.text(theirs) ?? ""), and "
          + "this command says \(OptionLayer.text(ours) ?? "")",
        advice: "leave --\(option.name) away, or begin anew")
    }
    var resumed = saved
    resumed.output = output
    resumed.gif = gif
    resumed.contactSheet = contactSheet
    resumed.watermark = watermark ?? saved.watermark
    resumed.preview = preview
    resumed.saveLatents = saveLatents
    resumed.fromLatents = fromLatents
    return resumed
  }
}
