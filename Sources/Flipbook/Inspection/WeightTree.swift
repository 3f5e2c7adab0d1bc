package import Checkpoint

/// The tensors of a component as a tree of key paths, with equal neighbours folded: twelve blocks of
/// one build stand there once, as `0 … 11`.
package struct WeightTree: Sendable, Equatable {
  /// The last part of the key path.
  package let name: String
  /// Shape and element type, where the node is a tensor.
  package let tensor: Leaf?
  /// Nodes below, numbers in their own order, then names by their bytes.
  package let children: [WeightTree]
  /// How many equal nodes this one stands for.
  package let repetitions: Int

  /// A tensor's facts.
  package struct Leaf: Sendable, Equatable {
    package let shape: [Int]
    package let elementType: String
  }

  /// The tree of a component.
  package init(name: String, entries: [SafetensorsEntry]) {
    self.init(
      name: name,
      paths: entries.map { entry in
        (
          entry.name.split(separator: ".").map(String.init)[...],
          Leaf(shape: entry.shape, elementType: entry.elementType.rawValue)
        )
      })
  }

  private init(name: String, paths: [(ArraySlice<String>, Leaf)]) {
    self.name = name
    tensor = paths.first { $0.0.isEmpty }?.1
    repetitions = 1
    let groups = Dictionary(grouping: paths.filter { !$0.0.isEmpty }) { $0.0.first ?? "" }
    let names = groups.keys.sorted { first, second in
      switch (Int(first), Int(second)) {
      case (let first?, let second?): first < second
      case (.some, nil): true
      case (nil, .some): false
      case (nil, nil): first.utf8.lexicographicallyPrecedes(second.utf8)
      }
    }
    children = Self.folded(
      names.map { name in
        WeightTree(name: name, paths: (groups[name] ?? []).map { ($0.0.dropFirst(), $0.1) })
      })
  }

  private init(_ node: WeightTree, name: String, repetitions: Int) {
    self.name = name
    tensor = node.tensor
    children = node.children
    self.repetitions = repetitions
  }

  /// Folds runs of numbered nodes that differ in nothing but their number.
  private static func folded(_ nodes: [WeightTree]) -> [WeightTree] {
    var result: [WeightTree] = []
    var index = 0
    while index < nodes.count {
      var end = index + 1
      while end < nodes.count, Int(nodes[index].name) != nil, Int(nodes[end].name) != nil,
        nodes[end].tensor == nodes[index].tensor, nodes[end].children == nodes[index].children
      {
        end += 1
      }
      let count = end - index
      let name =
        count == 1 ? nodes[index].name : "\(nodes[index].name) … \(nodes[end - 1].name)"
      result.append(WeightTree(nodes[index], name: name, repetitions: count))
      index = end
    }
    return result
  }

  /// Numbers in this node and below, repetitions included.
  package var parameterCount: Int {
    repetitions
      * ((tensor?.shape.reduce(1, *) ?? 0) + children.reduce(0) { $0 + $1.parameterCount })
  }

  /// The tree as lines: name, then shape and type or the number of parameters.
  package func lines(indent: String = "") -> [String] {
    var lines: [String] = []
    for (index, child) in children.enumerated() {
      let isLast = index == children.count - 1
      var label = child.name
      var node = child
      // A chain of single children reads better as one path.
      while node.tensor == nil, node.children.count == 1, node.repetitions == 1 {
        node = node.children[0]
        label += "." + node.name
      }
      let times = node.repetitions > 1 ? "  (\(node.repetitions) ×)" : ""
      let facts =
        if let tensor = node.tensor {
          "\(tensor.shape.map(String.init).joined(separator: "×")) \(tensor.elementType)"
        } else {
          Quantity.parameters(node.parameterCount)
        }
      lines.append("\(indent)\(isLast ? "└─ " : "├─ ")\(label)\(times)  \(facts)")
      lines += node.lines(indent: indent + (isLast ? "   " : "│  "))
    }
    return lines
  }
}
