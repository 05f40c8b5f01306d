import Foundation
import Testing
import TestSupport

/// What the command's tests share and leave as it is: a dataset, and a run that was trained on it.
struct Studio {
    /// The dataset folder.
    let data: URL
    /// The run folder of a short training.
    let run: URL
    /// What that training printed.
    let training: Outcome

    /// The run's model file.
    var model: String { run.appendingPathComponent("model.safetensors").path }

    @TaskLocal fileprivate static var current: Studio?

    /// The studio of the suite that runs.
    static func required() throws -> Studio {
        try #require(current, "the test belongs into the suite CommandTests")
    }
}

/// Sets the studio up once for a whole suite, and clears it away.
struct StudioTrait: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
            .appendingPathComponent("duet-studio-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let (data, run) = (folder.appendingPathComponent("data"), folder.appendingPathComponent("runs/first"))
        try DigitPairs.writeDataset(to: data)
        let training = try DuetProcess(
            [
                "train", "--data", data.path, "--output", "runs/first", "--model", "model-1", "--epochs", "2",
                "--threads", "1",
            ], in: folder
        ).wait()
        try #require(training.status == 0, "\(training.errors)")
        try await Studio.$current.withValue(Studio(data: data, run: run, training: training)) { try await function() }
    }
}

extension Trait where Self == StudioTrait {
    static var studio: StudioTrait { StudioTrait() }
}

/// All tests of the command. One at a time: each runs processes that compute.
@Suite("The command duet", .serialized, .studio)
enum CommandTests {}
