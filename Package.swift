// swift-tools-version: 6.3

import PackageDescription

/// The instruction set that the kernels are compiled for: any value of clang's `-march`.
let march = Context.environment["FLIPBOOK_MARCH"] ?? "native"

let package = Package(
  name: "flipbook",
  products: [
    .library(name: "Flipbook", targets: ["Flipbook"]),
    .executable(name: "flipbook", targets: ["flipbook"]),
    .library(name: "Bench", targets: ["Bench"]),
  ],
  targets: [
    // Floor 0: system libraries and intrinsics.
    .target(name: "CSIMD"),
    .systemLibrary(name: "CDirectory"),
    .systemLibrary(
      name: "CLibAV", pkgConfig: "libavformat",
      providers: [.apt(["libavcodec-dev", "libavformat-dev", "libswscale-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),

    // Floor 1: loops over pointers. Always optimised, always built for the host.
    .target(
      name: "Kernels", dependencies: ["CSIMD"],
      swiftSettings: [
        .unsafeFlags([
          "-O", "-wmo", "-num-threads", "2", "-disable-batch-mode",
          "-Xcc", "-march=\(march)", "-Xcc", "-mprefer-vector-width=512",
        ])
      ]),

    // Floor 2: memory, threads, randomness; files that are whole or not there.
    .target(name: "Tensor", dependencies: ["CSIMD", "Kernels"]),
    .target(name: "Files", dependencies: ["CDirectory", "COpenSSL"]),

    // Floor 3: layers, and the files that their weights come from.
    .target(name: "Layers", dependencies: ["Tensor", "Kernels"]),
    .target(name: "Checkpoint", dependencies: ["Tensor", "Files"]),

    // Floor 4: text, sampling, pictures. None knows a model.
    .target(name: "Text", dependencies: ["Layers", "Checkpoint", "Tensor", "Files"]),
    .target(name: "Diffusion", dependencies: ["Tensor"]),
    .target(name: "Video", dependencies: ["CLibAV", "Files"]),

    // Floor 5: the model.
    .target(
      name: "Diorama",
      dependencies: ["Text", "Diffusion", "Video", "Layers", "Checkpoint", "Tensor", "Kernels"]),

    // Floors 6 and 7: what people import, and what people type.
    .target(
      name: "Flipbook",
      dependencies: [
        "Diorama", "Text", "Diffusion", "Video", "Layers", "Checkpoint", "Files", "Tensor",
      ]),
    .executableTarget(name: "flipbook", dependencies: ["Flipbook", "Checkpoint"]),

    // Floor 6 as well: what the nested package `Benchmarks` measures, and the peer of its matrix products.
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .target(
      name: "Bench",
      dependencies: [
        "Diorama", "Text", "Diffusion", "Video", "Layers", "Checkpoint", "Tensor", "Files",
        "Kernels", "COpenBLAS",
      ]),
  ]
    + ["Kernels", "Tensor", "Files", "Layers", "Checkpoint", "Text", "Diffusion", "Video"].map {
      // Fixtures lie in Tests/Fixtures, read by path, so that every test target can share them.
      Target.testTarget(
        name: $0 + "Tests",
        dependencies: Set([
          $0, "Tensor", "Layers", "Checkpoint", "Files", "Kernels", "TestSupport",
        ]).sorted().map { Target.Dependency(stringLiteral: $0) })
    } + [
      .target(name: "TestSupport", dependencies: ["Files"], path: "Tests/TestSupport"),
      .testTarget(
        name: "DioramaTests",
        dependencies: ["Diorama", "Checkpoint", "Layers", "Tensor", "Diffusion", "Text", "Video"]),
      .testTarget(name: "BenchTests", dependencies: ["Bench", "Layers", "Tensor"]),
      .testTarget(
        name: "FlipbookTests",
        dependencies: [
          "Flipbook", "flipbook", "Diorama", "Text", "Video", "Checkpoint", "Files", "Tensor",
        ]),
    ],
  swiftLanguageModes: [.v6]
)

for target in package.targets
where target.type != .system && target.name != "CSIMD" {
  target.swiftSettings =
    (target.swiftSettings ?? []) + [
      .treatAllWarnings(as: .error),
      .enableUpcomingFeature("ExistentialAny"),
      .enableUpcomingFeature("InternalImportsByDefault"),
      .enableUpcomingFeature("MemberImportVisibility"),
    ]
}
