// swift-tools-version: 6.3

import PackageDescription

// A package of its own, so that nobody who imports Flipbook builds it.
let package = Package(
  name: "flipbook-benchmarks",
  products: [
    .executable(name: "flipbook-benchmarks", targets: ["FlipbookBenchmarks"])
  ],
  dependencies: [.package(name: "flipbook", path: "..")],
  targets: [
    .executableTarget(
      name: "FlipbookBenchmarks",
      dependencies: [.product(name: "Bench", package: "flipbook")])
  ],
  swiftLanguageModes: [.v6]
)

for target in package.targets {
  target.swiftSettings = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ]
}
