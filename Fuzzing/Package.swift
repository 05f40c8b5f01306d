// swift-tools-version: 6.1
import PackageDescription

// Fuzz targets for what reads files from outside, in a package of their own: `make fuzz` instruments all that they use.
let package = Package(
    name: "duet-fuzzing",
    platforms: [.macOS(.v14)],
    dependencies: [.package(name: "duet", path: "..")],
    targets: [
        // In C, because SwiftPM gives executables in Swift a `main` of their own, and libFuzzer brings one.
        .executableTarget(name: "fuzz", dependencies: ["FuzzTargets"]),
        .target(name: "FuzzTargets", dependencies: [.product(name: "Media", package: "duet")]),
    ]
)
