import Foundation
import Testing

/// The Swift code in README, `docs` and the DocC catalogue: that it compiles as a reader would write it. And that of
/// the fuzz targets.
struct SnippetTests {
    private static let modules = PackageManifest.root.appendingPathComponent(".build/release/Modules")

    /// The pages that have Swift code. A layer is written inside of the package, so its page is none of them.
    private static let pages: [String] = {
        let root = PackageManifest.root
        let folders = [".", "docs", "Sources/Duet/Duet.docc"]
        return folders.flatMap { folder in
            let names =
                (try? FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent(folder).path)) ?? []
            return names.filter { $0.hasSuffix(".md") && $0 != "WritingALayer.md" }.map { "\(folder)/\($0)" }.sorted()
        }.filter { (try? !snippets(of: $0).isEmpty) ?? false }
    }()

    /// A page's code, one piece after another, but for the lines of a reader's `Package.swift`.
    private static func snippets(of page: String) throws -> [String] {
        let text = try String(contentsOf: PackageManifest.root.appendingPathComponent(page), encoding: .utf8)
        return text.components(separatedBy: "```swift\n").dropFirst()
            .map { $0.components(separatedBy: "\n```")[0] }
            .filter { !$0.hasPrefix("dependencies:") }
    }

    /// The module maps of the C libraries that the package's modules were built with: their own, and those that the build made for others.
    private static let moduleMaps: [String] = {
        func found(in folder: String, _ suffix: String) -> [String] {
            let all = FileManager.default.enumerator(
                at: PackageManifest.root.appendingPathComponent(folder).resolvingSymlinksInPath(),
                includingPropertiesForKeys: nil)
            return (all?.compactMap { ($0 as? URL)?.path } ?? []).filter { $0.hasSuffix(suffix) }
        }
        let own = found(in: "Sources", "/module.modulemap") + found(in: ".build/checkouts", "/module.modulemap")
        // One that an earlier build made may lie beside a library's own.
        let made = found(in: ".build/release", ".build/module.modulemap").filter { path in
            let library = URL(fileURLWithPath: path).deletingLastPathComponent().deletingPathExtension()
                .lastPathComponent
            return !own.contains { $0.contains("/\(library)/") }
        }
        return own + made
    }()

    @Test(
        .enabled(if: FileManager.default.fileExists(atPath: modules.path), "needs the modules of a release build"),
        arguments: pages)
    func theCodeOfThePageCompiles(page: String) throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("snippet-\(UUID().uuidString).swift")
        try Self.snippets(of: page).joined(separator: "\n\n").write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        let problems = try Self.problems(in: [file])
        #expect(problems == nil, "\(page):\n\(problems ?? "")")
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: modules.path), "needs the modules of a release build"))
    func theFuzzTargetsCompile() throws {
        // A package of their own, which `make test` does not build.
        let folder = PackageManifest.root.appendingPathComponent("Fuzzing/Sources/FuzzTargets")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        let problems = try Self.problems(in: files.filter { $0.pathExtension == "swift" })
        #expect(problems == nil, "\(problems ?? "")")
    }

    /// What the compiler finds wrong with files outside of the package; nil where it takes them.
    private static func problems(in files: [URL]) throws -> String? {
        let maps = moduleMaps.flatMap { ["-Xcc", "-fmodule-map-file=\($0)"] }
        let process = Process()
        let errors = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            ["swiftc", "-typecheck", "-swift-version", "6", "-package-name", "a_readers", "-I", modules.path]
            + maps
            + files.map(\.path)
        process.standardError = errors
        try process.run()
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return process.terminationStatus == 0 ? nil : text
    }
}
