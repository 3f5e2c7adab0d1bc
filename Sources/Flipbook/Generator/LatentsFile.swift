import Checkpoint
import Diffusion
import Files
import Tensor

/// Latents between two steps, and how they came about: a safetensors file of the sampler's state
/// with the run's metadata beside it.
enum LatentsFile {
  /// The key of the run's metadata in the file's own.
  private static let metadataKey = "flipbook"

  /// Writes the file, whole or not at all.
  static func write(
    _ state: SamplerState, metadata: RunMetadata, to path: String
  ) throws(FlipbookError) {
    var texts = state.metadata
    texts[metadataKey] = metadata.json
    var writer = SafetensorsWriter(metadata: texts)
    for (name, tensor) in state.tensors { writer.add(name, tensor) }
    do { try writer.write(to: path) } catch { throw FlipbookError(wrapping: error) }
  }

  /// Reads how saved latents came about, without the latents.
  static func metadata(_ path: String) throws(FlipbookError) -> RunMetadata {
    try metadata(open(path))
  }

  /// Reads the file back.
  ///
  /// - Throws: `FlipbookError.input` where it is missing, damaged or not Flipbook's.
  static func read(_ path: String) throws(FlipbookError) -> (SamplerState, RunMetadata) {
    let file = try open(path)
    do {
      var tensors: [String: Tensor] = [:]
      for key in file.keys { tensors[key] = try file.tensor(key) }
      let state = try SamplerState(tensors: tensors, metadata: file.metadata)
      return (state, try metadata(file))
    } catch let error as WeightError {
      throw .input(name: path, problem: error.description)
    } catch { throw FlipbookError(wrapping: error) }
  }

  private static func open(_ path: String) throws(FlipbookError) -> Safetensors {
    do { return try Safetensors(opening: path) } catch .file(let error) {
      throw .input(name: path, problem: error.description)
    } catch {
      throw .input(
        name: path, problem: error.description, advice: "expected a file of --save-latents")
    }
  }

  private static func metadata(_ file: Safetensors) throws(FlipbookError) -> RunMetadata {
    guard let json = file.metadata[metadataKey] else {
      throw .input(
        name: file.path, problem: "it does not say how it was made",
        advice: "expected a file of --save-latents")
    }
    return try RunMetadata(json: json, source: file.path)
  }
}

extension GenerationRequest {
  /// This request with everything that it leaves open taken from saved latents, which it must not
  /// contradict.
  ///
  /// - Throws: `FlipbookError.input` where the file is none, or was made for another video.
  package func resumed(from path: String) throws(FlipbookError) -> GenerationRequest {
    try resuming(LatentsFile.metadata(path).request, source: path)
  }
}

extension Precision {
  /// What saved latents were made with.
  ///
  /// - Throws: `FlipbookError.input` where the file is none.
  package init(ofLatents path: String) throws(FlipbookError) {
    self = try LatentsFile.metadata(path).precision
  }

  /// Refuses to go on with latents of another precision: the video would be neither's.
  func check(latents path: String) throws(FlipbookError) {
    let saved = try Precision(ofLatents: path)
    guard saved == self else {
      throw .input(
        name: path,
        problem: "it was made with --precision \(saved.rawValue), and this run computes "
          + "in \(rawValue)", advice: "take --precision \(saved.rawValue), or begin anew")
    }
  }
}
