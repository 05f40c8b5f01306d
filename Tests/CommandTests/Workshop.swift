import Foundation
import Testing

/// A temporary folder with the command at hand.
struct Workshop {
    let folder: URL

    /// Runs `body` in a new folder, which is gone afterwards.
    static func with<Result>(_ body: (Workshop) throws -> Result) throws -> Result {
        let name = "duet-\(UUID().uuidString)"
        // Without links in its path, so that messages name files just as the test does.
        let folder = FileManager.default.temporaryDirectory.resolvingSymlinksInPath().appendingPathComponent(name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(Workshop(folder: folder))
    }

    /// Runs the command to its end.
    func duet(_ arguments: String..., environment: [String: String] = [:]) throws -> Outcome {
        try DuetProcess(arguments, in: folder, environment: environment).wait()
    }

    /// Starts the command.
    func start(_ arguments: String...) throws -> DuetProcess {
        try DuetProcess(arguments, in: folder)
    }

    /// Trains a small model with settings of the test's own, and expects that to go well.
    @discardableResult
    func train(_ output: String, _ arguments: String...) throws -> Outcome {
        let common = [
            "train", "--data", try Studio.required().data.path, "--output", output, "--model", "model-1",
            "--threads", "1", "--no-report",
        ]
        let outcome = try DuetProcess(common + arguments, in: folder).wait()
        try #require(outcome.status == 0, "\(outcome.errors)")
        return outcome
    }

    subscript(path: String) -> URL { folder.appendingPathComponent(path) }

    func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: self[path].path) }

    func bytes(_ path: String) throws -> Data { try Data(contentsOf: self[path]) }

    func text(_ path: String) throws -> String { try String(contentsOf: self[path], encoding: .utf8) }

    func json(_ path: String) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: bytes(path)) as? [String: Any])
    }

    /// All files and folders below, hidden ones too.
    func names() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
    }

    /// A CSV file's lines, split at the commas; the first is the header.
    func rows(_ path: String) throws -> [[String]] {
        try text(path).split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
    }
}
