import Foundation

/// Several videos from one command: a request an item, each with its own seed and its own name.
package enum Batch {
  /// Repeats each request `count` times. Item `i` of a request has the seed `seed + i` (modulo
  /// 2^64); a request without a seed draws one. Results without a name are called `PROMPT-SEED.mp4`
  /// (`.png` where they are one frame), and names that several items share are numbered.
  ///
  /// - Throws: `FlipbookError.usage` where two items would still write to one place, or several
  ///   would go on from one file of latents.
  package static func expand(
    _ requests: [GenerationRequest], count: Int,
    drawSeed: () -> UInt64 = { .random(in: 0...UInt64.max) }
  ) throws(FlipbookError) -> [GenerationRequest] {
    var items: [GenerationRequest] = []
    for request in requests {
      let first = request.seed ?? drawSeed()
      for index in 0..<count {
        var item = request
        item.seed = first &+ UInt64(index)
        if item.output == nil {
          item.output = OutputName.standard(
            prompt: item.prompt, seed: first &+ UInt64(index), isPicture: item.length.isOnePicture)
        }
        items.append(item)
      }
    }
    if items.count > 1, let latents = items.lazy.compactMap(\.fromLatents).first {
      throw .usage(
        problem: "--from-latents \(latents) goes on with one video, and this command makes "
          + "\(items.count)", advice: "leave --count and --prompt-file away")
    }
    for field in GenerationRequest.files { number(&items, field) }
    try checkDistinct(items)
    return items
  }

  private static func number(
    _ items: inout [GenerationRequest], _ field: WritableKeyPath<GenerationRequest, String?>
  ) {
    let shared = Dictionary(grouping: items.indices.filter { items[$0][keyPath: field] != nil }) {
      items[$0][keyPath: field]
    }
    for (path, indices) in shared {
      guard let path else { continue }
      for (position, index) in indices.enumerated() {
        items[index][keyPath: field] = OutputName.numbered(
          path, index: position, count: indices.count)
      }
    }
  }

  /// Every file of the batch must be a file of its own.
  private static func checkDistinct(_ items: [GenerationRequest]) throws(FlipbookError) {
    var seen: Set<String> = []
    for item in items {
      for path in GenerationRequest.files.compactMap({ item[keyPath: $0] }) {
        let whole = URL(fileURLWithPath: path).standardizedFileURL.path
        guard seen.insert(whole).inserted else {
          throw .usage(
            problem: "two results would be written to \(path)", advice: "give each its own name")
        }
      }
    }
  }
}
