// swift-tools-version: 6.1
import PackageDescription

// The folder of a oneDNN other than the system's, with `include` and `lib`. It is linked by its path: the system's own lies
// in a folder that the linker looks into first.
let oneDNN = Context.environment["DUET_ONEDNN"]
let oneDNNHeaders: [CXXSetting] = oneDNN.map { [.unsafeFlags(["-I\($0)/include"])] } ?? []
let oneDNNLibrary: [LinkerSetting] =
    oneDNN.map { [.unsafeFlags(["\($0)/lib/libdnnl.so", "-Xlinker", "-rpath", "-Xlinker", "\($0)/lib"])] }
    ?? [.linkedLibrary("dnnl")]

// The targets, from the top down; imports go down this list, never up. `docs/architecture.md` explains the map.
let package = Package(
    name: "duet",
    platforms: [.macOS(.v14)],
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
        .target(name: "DuetReport", dependencies: ["Duet", "PairedData", "CKernels", "CPNG"]),
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
        .target(name: "NeuralNetwork", dependencies: ["COneDNN", "CKernels"]),
        .target(name: "CKernels", linkerSettings: [.linkedLibrary("gomp")]),
        .target(name: "COneDNN", cxxSettings: oneDNNHeaders, linkerSettings: oneDNNLibrary),
        .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(name: "CJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .executableTarget(
            name: "DuetBenchmark", dependencies: ["Duet", "DuetReport", "NeuralNetwork", "PairedData"],
            path: "benchmarks/DuetBenchmark"),

        .testTarget(name: "NeuralNetworkTests", dependencies: ["NeuralNetwork", "CKernels", "COneDNN"]),
        .testTarget(name: "MediaFeaturesTests", dependencies: ["MediaFeatures"]),
        .testTarget(name: "PairedDataTests", dependencies: ["PairedData", "MediaFeatures"]),
        .testTarget(name: "DuetTests", dependencies: ["Duet"]),
        .testTarget(name: "DuetReportTests", dependencies: ["DuetReport", "Duet", "NeuralNetwork", "PairedData"]),
        .testTarget(name: "TerminalUITests", dependencies: ["TerminalUI"]),
        .testTarget(name: "CommandTests", dependencies: ["DuetCommand", "Duet", "NeuralNetwork", "PairedData"]),
    ],
    cxxLanguageStandard: .cxx17
)
