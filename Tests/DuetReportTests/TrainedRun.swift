import Duet
import Foundation
import Testing
import TestSupport

/// A small run that was trained once for all tests of reports, and copies of it to write reports into.
struct TrainedRun {
    let folder: RunFolder
    let data: String

    @TaskLocal fileprivate static var current: TrainedRun?

    /// Runs `body` with a copy of the run, which is gone afterwards.
    static func with<Result>(_ body: (TrainedRun) throws -> Result) throws -> Result {
        let shared = try #require(current, "the test belongs into the suite ReportTests")
        let copy = FileManager.default.temporaryDirectory.appendingPathComponent("duet-\(UUID().uuidString)")
        try FileManager.default.copyItem(at: shared.folder.url, to: copy)
        defer { try? FileManager.default.removeItem(at: copy) }
        return try body(TrainedRun(folder: RunFolder(copy), data: shared.data))
    }

    subscript(name: String) -> URL { folder.url.appendingPathComponent(name) }

    func text(_ name: String) throws -> String { try String(contentsOf: self[name], encoding: .utf8) }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: self[name].path) }

    /// Every file below, with its bytes.
    func files() throws -> [String: Data] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder.url.path)
        return names.reduce(into: [:]) { files, name in
            if !self[name].hasDirectoryPath, let data = try? Data(contentsOf: self[name]) { files[name] = data }
        }
    }
}

/// Trains the run for a whole suite, and clears it away.
struct TrainedRunTrait: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let data = try SmallData(train: 200, test: 120)
        defer { data.remove() }
        var configuration = data.configuration()
        // So few that some pairs are still wrong.
        configuration.epochs = 2
        try data.train(configuration)
        let run = TrainedRun(
            folder: RunFolder(URL(fileURLWithPath: configuration.output)), data: configuration.data)
        try await TrainedRun.$current.withValue(run) { try await function() }
    }
}

extension Trait where Self == TrainedRunTrait {
    static var trainedRun: TrainedRunTrait { TrainedRunTrait() }
}

/// All tests that write reports. One at a time: each computes and starts other processes.
@Suite("Reports", .serialized, .trainedRun)
enum ReportTests {}
