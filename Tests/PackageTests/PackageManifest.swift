import Foundation

/// The package's own targets and what they depend on, read from the text of `Package.swift`.
struct PackageManifest {
    /// The root of the checkout.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// One target.
    struct Target {
        let name: String
        let isTest: Bool
        /// The package's own targets among its dependencies.
        let dependencies: Set<String>
        /// Where its sources are.
        let folder: URL
    }

    let targets: [Target]

    init() throws {
        let text = try String(contentsOf: Self.root.appendingPathComponent("Package.swift"), encoding: .utf8)
        let pattern =
            #/
            \.(?<kind>executableTarget|target|testTarget|systemLibrary)\(\s*
            name:\s*"(?<name>\w+)"
            (?:,\s*dependencies:\s*\[(?<dependencies>[^\]]*)\])?
            (?:,\s*path:\s*"(?<path>[^"]+)")?
            /#
        let found = text.matches(of: pattern)
        let names = Set(found.map { String($0.output.name) })
        targets = found.map { match in
            let quoted = (match.output.dependencies ?? "").matches(of: #/"(\w+)"/#).map { String($0.output.1) }
            let isTest = match.output.kind == "testTarget"
            let name = String(match.output.name)
            let path = match.output.path.map(String.init) ?? "\(isTest ? "Tests" : "Sources")/\(name)"
            return Target(
                name: name, isTest: isTest, dependencies: Set(quoted).intersection(names),
                folder: Self.root.appendingPathComponent(path))
        }
    }

    /// The arrows that a drawing needs: a dependency that follows from others is left out.
    var arrows: Set<String> {
        let direct = Dictionary(uniqueKeysWithValues: targets.filter { !$0.isTest }.map { ($0.name, $0.dependencies) })
        func reachable(from name: String) -> Set<String> {
            (direct[name] ?? []).reduce(into: []) { $0.formUnion(reachable(from: $1).union([$1])) }
        }
        return Set(
            direct.flatMap { name, dependencies in
                dependencies.filter { one in
                    !dependencies.contains { $0 != one && reachable(from: $0).contains(one) }
                }.map { "\(name) --> \($0)" }
            })
    }
}
