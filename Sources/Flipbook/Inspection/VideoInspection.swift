package import Checkpoint
import Files
import Video

/// What a video, a folder of its pictures or a single picture is, and how it was made where Flipbook made it.
package struct VideoInspection: Sendable {
  /// Where it lies.
  package let path: String
  /// What the container says, label and value.
  package let facts: [(label: String, value: JSONValue)]
  /// How it was made; nil where the file carries nothing of Flipbook's.
  package let metadata: RunMetadata?

  /// Whether a folder holds the pictures of a video.
  package static func isFolderOfPictures(_ path: String) -> Bool {
    (try? PNGSequenceWriter.read(path)) != nil
  }

  /// Inspects a file, or a folder of numbered pictures.
  ///
  /// - Throws: `FlipbookError.input` where it is missing, damaged, or neither a video nor a PNG.
  package init(path: String) throws(FlipbookError) {
    let found: VideoFacts
    do {
      if let (size, count, comment) = try PNGSequenceWriter.read(path) {
        self.path = path
        facts = [
          ("container", "folder of png"), ("size", .string(size.description)),
          ("frames", JSONValue(count)),
        ]
        metadata = comment.flatMap { try? RunMetadata(json: $0, source: path) }
        return
      }
      if let (size, comment) = try PNGComment.read(path) {
        self.path = path
        facts = [("container", "png"), ("size", .string(size.description)), ("frames", 1)]
        metadata = comment.flatMap { try? RunMetadata(json: $0, source: path) }
        return
      }
      found = try VideoReader(path).facts
    } catch .file(let error) {
      throw .input(name: path, problem: error.description)
    } catch { throw FlipbookError(wrapping: error) }
    self.path = path
    let rate = Double(found.frameRate.numerator) / Double(max(found.frameRate.denominator, 1))
    facts = [
      ("container", .string(found.container)), ("codec", .string(found.codec)),
      ("size", .string(found.size.description)),
      ("frames", found.frameCount.map { JSONValue($0) } ?? .null),
      ("fps", .number(rate)), ("seconds", found.duration.map { .number($0) } ?? .null),
      ("pixel_format", .string(found.pixelFormat)), ("color_range", .string(found.colorRange)),
      ("color_primaries", .string(found.colorPrimaries)),
      ("color_transfer", .string(found.colorTransfer)),
      ("color_matrix", .string(found.colorMatrix)),
    ]
    // Other programs write comments too: theirs are no error.
    metadata = found.comment.flatMap { try? RunMetadata(json: $0, source: path) }
  }

  /// The command that makes the file again.
  package var commandLine: String? { metadata?.commandLine(output: path) }

  /// The inspection for a program.
  package var value: JSONValue {
    var object = JSONObject()
    object["file"] = .string(path)
    for (label, value) in facts { object[label] = value }
    object["metadata"] = metadata?.value ?? .null
    if let inputs = metadata?.inputs, !inputs.isEmpty {
      object["inputs"] = .array(
        inputs.map {
          [
            "option": .string($0.option), "file": .string($0.path),
            "sha256": .string($0.sha256), "state": .string($0.state.rawValue),
          ]
        })
    }
    object["command"] = commandLine.map { .string($0) } ?? .null
    return .object(object)
  }

  /// Label and value of each line for a person.
  package var rows: [(String, String)] {
    var rows = facts.map { label, value in
      (label.split(separator: "_").joined(separator: " "), value.string ?? value.encoded())
    }
    guard let metadata else {
      return rows + [("made by", "unknown: it carries no metadata of Flipbook's")]
    }
    rows += [
      ("made by", "flipbook \(metadata.version)"), ("model", metadata.modelName),
      ("model sha256", metadata.modelHash), ("prompt", metadata.request.prompt),
    ]
    if let caption = metadata.request.caption { rows.append(("caption", caption)) }
    for (key, value) in metadata.value["options"]?.object?.entries ?? [] {
      rows.append((key, value.string ?? value.encoded()))
    }
    for input in metadata.inputs {
      rows.append(("\(input.option) sha256", "\(input.sha256) (\(input.state.rawValue))"))
    }
    return rows
  }
}
