import Foundation
import Testing

/// What `docs/architecture.md` draws is what `Package.swift` says and what the files do.
struct ArchitectureTests {
    private let manifest: PackageManifest
    private let page: String

    init() throws {
        manifest = try PackageManifest()
        page = try String(
            contentsOf: PackageManifest.root.appendingPathComponent("docs/architecture.md"), encoding: .utf8)
    }

    @Test func theMapIsThatOfThePackage() {
        let drawn = Set(page.matches(of: #/(?m)^ *(\w+ --> \w+)$/#).map { String($0.output.1) })
        let package = manifest.arrows.filter { !$0.hasPrefix("TestSupport") }
        #expect(manifest.targets.count > 20)
        #expect(drawn.subtracting(package) == [], "drawn, but not in Package.swift")
        #expect(package.subtracting(drawn) == [], "in Package.swift, but not drawn")
    }

    @Test func everyTargetAndEachOfItsFoldersIsExplained() throws {
        for target in manifest.targets where !target.isTest && target.name != "TestSupport" {
            #expect(page.contains("`\(target.name)`"), "docs/architecture.md does not name the target \(target.name)")
            guard !target.name.hasPrefix("C") else { continue }
            let folders = try FileManager.default.contentsOfDirectory(
                at: target.folder, includingPropertiesForKeys: [.isDirectoryKey]
            ).filter { $0.hasDirectoryPath && $0.pathExtension == "" }
            for folder in folders {
                #expect(
                    page.contains("`\(folder.lastPathComponent)/"),
                    "docs/architecture.md does not name the folder \(folder.lastPathComponent) of \(target.name)")
            }
        }
    }

    @Test func noFileImportsWhatItsTargetDoesNotDeclare() throws {
        let names = Set(manifest.targets.map(\.name))
        for target in manifest.targets {
            let files =
                FileManager.default.enumerator(at: target.folder, includingPropertiesForKeys: nil)?
                .compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" } ?? []
            var imported: Set<String> = []
            for file in files {
                let text = try String(contentsOf: file, encoding: .utf8)
                let imports = Set(text.matches(of: #/(?m)^(?:\w+ )?import (\w+)$/#).map { String($0.output.1) })
                    .intersection(names)
                let undeclared = imports.subtracting(target.dependencies)
                #expect(undeclared.isEmpty, "\(file.lastPathComponent) imports \(undeclared)")
                imported.formUnion(imports)
            }
            guard !files.isEmpty else { continue }
            // The command's tests run it as a process.
            let needed = target.dependencies.subtracting(["DuetCommand"])
            #expect(imported == needed, "\(target.name) declares what no file imports")
        }
    }
}
