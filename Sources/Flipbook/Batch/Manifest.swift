import Checkpoint
import Files
import Foundation

/// The record of a batch, as JSON lines: what was to be made, and one line for each video that is
/// there. A batch that was broken off, however harshly, goes on from it.
///
/// The first line is the plan:
///
///     {"manifest":1,"videos":2,"plan-sha256":"…","drawn-seeds":[…]}
///
/// with a digest of everything that the command asks for, and the seeds that were drawn, so that the
/// same command asks for the same videos again. Each other line is a video:
///
///     {"file":"x-1.mp4","sha256":"…","prompt":"…","seed":7,"seconds":12.5,"metadata":{…}}
///
/// A line is on the disk before the next video begins, and a line that was cut short does not count.
package final class Manifest {
  /// The plan in a manifest's first line.
  private struct Plan: Equatable {
    var digest: String
    var drawnSeeds: [UInt64]
  }

  private let path: String
  private var file: LineFile?
  private var plan: Plan?
  /// The videos of the record, by their paths; the last line about a path counts.
  private var videos: [String: (digest: String, metadata: JSONValue)] = [:]
  /// The plan of this run, and how many videos it has.
  private var planned: (plan: Plan, count: Int)?
  /// The seeds that this run took, drawn or taken from the plan.
  private var seeds: [UInt64] = []

  /// Reads a manifest, or begins one where there is none; nothing is written yet.
  ///
  /// - Throws: `FlipbookError.input` where the file is no manifest, `.file` where it cannot be read,
  ///   or another run is writing it.
  package init(_ path: String) throws(FlipbookError) {
    self.path = path
    do {
      if try FileFacts.of(path) != nil {
        file = try LineFile(path)
      } else {
        try checkOutputFile(path)
      }
    } catch { throw FlipbookError(wrapping: error) }
    try read()
  }

  private func read() throws(FlipbookError) {
    guard let file else { return }
    let start = "{\"manifest\":"
    let isBegun = file.lines.isEmpty && start.hasPrefix(file.tail.prefix(start.count))
    for (index, line) in file.lines.enumerated() {
      guard let value = try? JSONValue(parsing: line) else {
        throw .input(name: path, problem: "line \(index + 1) is no JSON", advice: Self.advice)
      }
      if index == 0 {
        plan = Self.plan(value)
      } else if let name = value["file"]?.string, let digest = value["sha256"]?.string,
        let metadata = value["metadata"]
      {
        videos[name] = (digest, metadata)
      }
    }
    guard isBegun || plan != nil else {
      throw .input(
        name: path, problem: "it does not begin as a manifest does", advice: Self.advice)
    }
  }

  /// A path that two spellings of one place share.
  private func whole(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.path
  }

  private static let advice = "name another file: --manifest writes one that is not there"

  private static func plan(_ value: JSONValue) -> Plan? {
    guard value["manifest"]?.int == 1, let digest = value["plan-sha256"]?.string,
      let seeds = value["drawn-seeds"]?.array
    else { return nil }
    return Plan(digest: digest, drawnSeeds: seeds.compactMap(\.uint64))
  }

  /// The next seed that nobody gave: the one that the plan drew, or a new one.
  package func drawSeed() -> UInt64 {
    let drawn = plan?.drawnSeeds ?? []
    let seed = seeds.count < drawn.count ? drawn[seeds.count] : .random(in: 0...UInt64.max)
    seeds.append(seed)
    return seed
  }

  /// The jobs that are still to be done: all but those whose video the record has and whose files
  /// are there, unchanged.
  ///
  /// - Parameters:
  ///   - jobs: the whole batch.
  ///   - metadata: how a job's video says that it was made.
  /// - Throws: `FlipbookError.input` where the manifest was begun by another command.
  package func remaining(
    _ jobs: [GenerationJob],
    metadata: (GenerationJob) throws(FlipbookError) -> RunMetadata
  ) throws(FlipbookError) -> [GenerationJob] {
    var digest = SHA256()
    var remaining: [GenerationJob] = []
    for job in jobs {
      let value = try metadata(job).value
      let files = GenerationRequest.files.map { job.request[keyPath: $0] }
      for file in files.compactMap(\.self) where whole(file) == whole(path) {
        throw .usage(
          problem: "a result and the manifest would both be written to \(path)",
          advice: "give each its own name")
      }
      digest.update("\(value.encoded()) \(files.map { $0 ?? "-" })\n".utf8)
      if try !isDone(job, value) { remaining.append(job) }
    }
    let new = Plan(digest: digest.hexDigest(), drawnSeeds: seeds)
    guard plan == nil || plan == new else {
      throw .input(
        name: path,
        problem: "it was begun by a command with other prompts, options or model",
        advice: "give the same command to go on with it, or name another file")
    }
    planned = (new, jobs.count)
    return remaining
  }

  private func isDone(_ job: GenerationJob, _ metadata: JSONValue) throws(FlipbookError) -> Bool {
    guard let output = job.request.output, let video = videos[output], video.metadata == metadata
    else { return false }
    do {
      for path in [job.request.gif, job.request.contactSheet].compactMap(\.self)
      where try FileFacts.of(path) == nil {
        return false
      }
      return try SHA256.hexDigest(ofFileAt: output) == video.digest
    } catch { throw FlipbookError(wrapping: error) }
  }

  /// Writes the plan, where it does not stand in the file yet. `remaining` comes first.
  ///
  /// - Throws: `FlipbookError.file`.
  package func begin() throws(FlipbookError) {
    guard let planned, plan == nil else { return }
    let line: JSONValue = [
      "manifest": 1, "videos": JSONValue(planned.count),
      "plan-sha256": .string(planned.plan.digest),
      "drawn-seeds": .array(planned.plan.drawnSeeds.map { JSONValue($0) }),
    ]
    do {
      let file = try self.file ?? LineFile(creating: path)
      self.file = file
      try file.append(line.encoded())
    } catch { throw FlipbookError(wrapping: error) }
    plan = planned.plan
  }

  /// Writes down that a video is there.
  ///
  /// - Throws: `FlipbookError.file`.
  package func append(_ result: GenerationResult) throws(FlipbookError) {
    do {
      let digest = try SHA256.hexDigest(ofFileAt: result.path) ?? ""
      let line: JSONValue = [
        "file": .string(result.path), "sha256": .string(digest),
        "prompt": .string(result.metadata.request.prompt),
        "seed": JSONValue(result.metadata.request.seed ?? 0), "seconds": .number(result.seconds),
        "metadata": result.metadata.value,
      ]
      try file?.append(line.encoded())
    } catch { throw FlipbookError(wrapping: error) }
  }
}
