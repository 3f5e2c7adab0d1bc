import Files

/// The path of a fixture that `scripts/golden/checkpoint.py` wrote.
func fixture(_ name: String, file: String = #filePath) -> String {
  splitPath(splitPath(file).directory).directory + "/Fixtures/checkpoint/" + name
}

/// A safetensors file from the text of its header, padded to nothing, and its data.
func safetensors(_ header: String, data: [UInt8] = []) -> [UInt8] {
  safetensors(Array(header.utf8), data: data)
}

func safetensors(_ header: [UInt8], data: [UInt8] = []) -> [UInt8] {
  (0..<8).map { UInt8(truncatingIfNeeded: header.count >> ($0 * 8)) } + header + data
}
