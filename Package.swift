// swift-tools-version: 6.1
import PackageDescription

// The one test target to build, where not all are wanted: `DUET_TESTS=NeuralNetworkTests swift build --build-tests`. All tests
// are linked into one program, which takes most of the time of a small change.
let wantedTests = Context.environment["DUET_TESTS"]

// The targets, from the top down; imports go down this list, never up. `docs/architecture.md` explains the map.
let package = Package(
    name: "duet",
    products: [
        .library(name: "Duet", targets: ["Duet", "DuetReport", "PairedData", "MediaFeatures", "NeuralNetwork"]),
        .library(name: "MediaFeatures", targets: ["MediaFeatures"]),
        .executable(name: "duet", targets: ["DuetCommand"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    ],
    targets: [
        .executableTarget(
            name: "DuetCommand",
            dependencies: [
                "Duet", "DuetReport", "MediaFeatures", "TerminalUI",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),
        .target(name: "TerminalUI", dependencies: ["CInterruption"]),
        .target(name: "CInterruption"),
        .target(name: "DuetReport", dependencies: ["Duet", "PairedData", "CEmbeddingKernels", "CPNG"]),
        .target(name: "Duet", dependencies: ["NeuralNetwork", "PairedData", "MediaFeatures", "Yams"]),
        .target(
            name: "PairedData",
            dependencies: [
                "MediaFeatures", "CDownloading", "CLateLibraries", "CZlib",
                .product(name: "Crypto", package: "swift-crypto"),
            ]
        ),
        .target(name: "MediaFeatures", dependencies: ["CImageDecoding", "CLateLibraries"]),
        .target(name: "CDownloading", dependencies: ["CLateLibraries"]),
        .target(name: "CLateLibraries"),
        .target(name: "CImageDecoding", dependencies: ["CPNG", "CJPEG"]),
        .target(name: "NeuralNetwork", dependencies: ["CNetworkKernels"]),
        .target(name: "CNetworkKernels", dependencies: ["CParallel"]),
        .target(name: "CParallel"),
        .target(name: "CEmbeddingKernels", dependencies: ["CParallel"]),
        .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(name: "CJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .executableTarget(
            name: "DuetBenchmark", dependencies: ["Duet", "DuetReport", "NeuralNetwork", "PairedData"],
            path: "benchmarks/DuetBenchmark"),

        .testTarget(name: "NeuralNetworkTests", dependencies: ["NeuralNetwork"]),
        .testTarget(name: "MediaFeaturesTests", dependencies: ["MediaFeatures"]),
        .testTarget(name: "PairedDataTests", dependencies: ["PairedData", "MediaFeatures"]),
        .testTarget(name: "DuetTests", dependencies: ["Duet"]),
        .testTarget(name: "DuetReportTests", dependencies: ["DuetReport", "Duet", "NeuralNetwork", "PairedData"]),
        .testTarget(name: "TerminalUITests", dependencies: ["TerminalUI"]),
        .testTarget(name: "CommandTests", dependencies: ["DuetCommand", "Duet", "NeuralNetwork", "PairedData"]),
    ],
    cxxLanguageStandard: .cxx17
)

if let wantedTests {
    package.targets.removeAll { $0.type == .test && $0.name != wantedTests }
}
