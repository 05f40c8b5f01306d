// swift-tools-version: 6.2
import PackageDescription

// The one test target to build, where not all are wanted: `DUET_TESTS=NeuralNetworkTests swift build --build-tests`. All tests
// are linked into one program, which takes most of the time of a small change.
let wantedTests = Context.environment["DUET_TESTS"]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let hummingbird = ["Hummingbird", "HummingbirdCore", "HummingbirdTLS"].map {
    Target.Dependency.product(name: $0, package: "hummingbird")
}
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let nio = ["NIOConcurrencyHelpers", "NIOCore", "NIOHTTP1", "NIOFoundationCompat"].map {
    Target.Dependency.product(name: $0, package: "swift-nio")
}
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")

// The targets, from the top down; imports go down this list, never up. `docs/architecture.md` explains the map.
let package = Package(
    name: "duet",
    products: [
        .library(
            name: "Duet", targets: ["Duet", "DuetReport", "Datasets", "DatasetFetching", "Media", "NeuralNetwork"]),
        .library(name: "DuetSearch", targets: ["DuetSearch"]),
        .library(name: "Media", targets: ["Media"]),
        .executable(name: "duet", targets: ["DuetCommand"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(
            url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: ["FullFoundation"]),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: [
        .executableTarget(
            name: "DuetCommand",
            dependencies: [
                "Duet", "DuetReport", "DuetSearch", "DuetServer", "DatasetFetching", "Datasets", "FileFormats", "Media",
                "NeuralNetwork", "TerminalUI", argumentParser,
            ]
        ),
        .target(name: "TerminalUI", dependencies: ["CInterruption"]),
        .target(name: "CInterruption"),
        .target(
            name: "DuetReport",
            dependencies: ["Duet", "Datasets", "Embeddings", "FileFormats", "SeededRandom", "CPNG"]),
        .target(
            name: "DuetSearch",
            dependencies: [
                "Duet", "DuetReport", "Datasets", "FileFormats", "NeuralNetwork", "ParameterSearch", "SeededRandom",
                grdb,
            ]),
        .target(
            name: "DuetServer",
            dependencies: [
                "Duet", "Datasets", "FileFormats", "Media", "NeuralNetwork", httpTypes, nioHTTPTypes, nioSSL,
                logging, lifecycle, crypto,
            ]
                + hummingbird + nio,
            resources: [
                .embedInCode("Page/page.html"), .embedInCode("Page/page.css"), .embedInCode("Page/page.js"),
                .embedInCode("Page/openapi.yaml"),
            ]),
        .target(
            name: "Duet",
            dependencies: [
                "Datasets", "FileFormats", "Media", "NeuralNetwork", "ParameterSearch", "SeededRandom", "CDigitsModel",
                "CParallel", yams,
            ]),
        .target(
            name: "DatasetFetching", dependencies: ["Datasets", "FileFormats", "Media", "SeededRandom", "CDownloading"]),
        .target(name: "Datasets", dependencies: ["FileFormats", "Media", "SeededRandom", crypto]),
        .target(name: "Embeddings", dependencies: ["FileFormats", "SeededRandom", "CEmbeddingKernels"]),
        .target(name: "Media", dependencies: ["SeededRandom", "CFeatureKernels", "CImageDecoding", "CLateLibraries"]),
        .target(name: "CFeatureKernels"),
        .target(name: "FileFormats", dependencies: ["CLateLibraries", "CZlib", crypto]),
        .target(name: "ParameterSearch", dependencies: ["SeededRandom"]),
        .target(name: "SeededRandom"),
        .target(name: "NeuralNetwork", dependencies: ["CNetworkKernels"]),
        .target(name: "CNetworkKernels", dependencies: ["CParallel"]),
        .target(name: "CEmbeddingKernels", dependencies: ["CParallel"]),
        .target(name: "CParallel"),
        // The assembler includes the model file, which it looks for where headers are.
        .target(name: "CDigitsModel", exclude: ["digits.safetensors"], cSettings: [.headerSearchPath(".")]),
        .target(name: "CDownloading", dependencies: ["CLateLibraries"]),
        .target(name: "CLateLibraries"),
        .target(name: "CImageDecoding", dependencies: ["CPNG", "CJPEG"]),
        .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(name: "CJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .executableTarget(
            name: "DuetBenchmark",
            dependencies: ["Duet", "Embeddings", "FileFormats", "Media", "NeuralNetwork", "SeededRandom"],
            path: "benchmarks/DuetBenchmark"),
        .executableTarget(
            name: "ParameterSearchBenchmark", dependencies: ["ParameterSearch", "SeededRandom"],
            path: "benchmarks/ParameterSearchBenchmark"),

        .target(
            name: "TestSupport", dependencies: ["Duet", "Datasets", "FileFormats", "NeuralNetwork", "SeededRandom"],
            path: "Tests/TestSupport"),
        .testTarget(name: "PackageTests"),
        .testTarget(name: "NeuralNetworkTests", dependencies: ["NeuralNetwork"]),
        .testTarget(name: "FileFormatsTests", dependencies: ["FileFormats", "TestSupport"]),
        .testTarget(name: "MediaTests", dependencies: ["Media", "SeededRandom"]),
        .testTarget(
            name: "DatasetsTests", dependencies: ["Datasets", "FileFormats", "Media", "SeededRandom", "TestSupport"]),
        .testTarget(
            name: "DatasetFetchingTests",
            dependencies: ["DatasetFetching", "Datasets", "FileFormats", "Media", "TestSupport"]),
        .testTarget(
            name: "EmbeddingsTests", dependencies: ["Embeddings", "FileFormats", "SeededRandom", "TestSupport"]),
        .testTarget(
            name: "DuetTests",
            dependencies: ["Duet", "Datasets", "FileFormats", "Media", "NeuralNetwork", "SeededRandom", "TestSupport"]),
        .testTarget(
            name: "DuetSearchTests",
            dependencies: [
                "DuetSearch", "Duet", "DuetReport", "Datasets", "FileFormats", "NeuralNetwork", "TestSupport",
            ]),
        .testTarget(
            name: "DuetReportTests",
            dependencies: ["DuetReport", "Duet", "Datasets", "FileFormats", "TestSupport"]),
        .testTarget(
            name: "DuetServerTests",
            dependencies: ["DuetServer", "Duet", "Datasets", "FileFormats", "Media", "SeededRandom", "TestSupport"]),
        .testTarget(name: "ParameterSearchTests", dependencies: ["ParameterSearch", "SeededRandom"]),
        .testTarget(name: "TerminalUITests", dependencies: ["TerminalUI"]),
        .testTarget(
            name: "CommandTests",
            dependencies: ["DuetCommand", "Duet", "FileFormats", "NeuralNetwork", "TestSupport"]),
    ],
    cxxLanguageStandard: .cxx17
)

// What only `make docs` needs.
if Context.environment["DUET_DOCS"] != nil {
    package.dependencies.append(.package(url: "https://github.com/swiftlang/swift-docc-plugin", exact: "1.5.0"))
}

if let wantedTests {
    package.targets.removeAll { $0.type == .test && $0.name != wantedTests }
}

// What `make build` links: a command that starts fast and runs where no Swift is installed. Swift's libraries and the C++ one
// stand in it (`.build/static` holds libstdc++.a alone, so the linker takes that), its symbols are no table for others, and it
// lies at a fixed address, so no pointer has to be moved; docs/performance.md has what each is worth. These are flags of the
// linker alone: the tests, which are linked without them, share all that is compiled. Swift's static libraries have to be
// named since objects are compiled as for the dynamic ones.
if Context.environment["DUET_STATIC"] != nil {
    let foundation = ["_FoundationICU", "CoreFoundation", "_FoundationCShims", "_FoundationCollections"].map {
        "-l\($0)"
    }
    package.targets.first { $0.name == "DuetCommand" }?.linkerSettings = [
        .unsafeFlags(
            ["-static-stdlib", "-use-ld=lld"] + foundation + [
                "-L", "\(Context.packageDirectory)/.build/static", "-Xclang-linker", "-static-libgcc",
                "-Xlinker", "--no-export-dynamic", "-Xlinker", "-no-pie",
            ])
    ]
}

// What a later Swift will do by itself. `NonisolatedNonsendingByDefault` is not among them: with it, whatever the server and its
// tests leave to Swift's pool of threads would have to say `@concurrent`.
for target in package.targets
where ![.system, .binary, .plugin, .macro].contains(target.type) && !target.name.hasPrefix("C") {
    target.swiftSettings = [
        "MemberImportVisibility", "ExistentialAny", "InternalImportsByDefault", "InferIsolatedConformances",
        "ImmutableWeakCaptures",
    ].map { .enableUpcomingFeature($0) }
}
