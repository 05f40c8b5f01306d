import Foundation
import PairedData

/// The folder of one training: what was asked for, what came out, and what it takes to go on.
public struct RunFolder: Sendable {
    /// Where it lies.
    public let url: URL

    /// Every setting, defaults filled in.
    public var configuration: URL { url.appendingPathComponent("config.yaml") }
    /// A row per epoch.
    public var history: URL { url.appendingPathComponent("history.csv") }
    /// What was measured.
    public var metrics: URL { url.appendingPathComponent("metrics.json") }
    /// The best epoch's model.
    public var model: URL { url.appendingPathComponent("model.safetensors") }
    /// The state to resume from.
    public var checkpoint: URL { url.appendingPathComponent("checkpoint/last.safetensors") }

    /// The report's figures, with their data.
    public var figures: URL { url.appendingPathComponent("figures") }
    /// The report.
    public var report: URL { url.appendingPathComponent("report.html") }

    private static let contents = [
        "config.yaml", "history.csv", "metrics.json", "model.safetensors", "checkpoint", "figures", "report.html",
    ]

    /// A run folder, there already or not.
    public init(_ url: URL) {
        self.url = url
    }

    /// Checks that `create` may make the folder, and changes nothing.
    /// - Throws: `DuetError` of kind `cannotWrite` where the folder is not empty and may not be replaced.
    public func check(overwrite: Bool) throws {
        guard overwrite || existing.isEmpty else {
            throw DuetError(
                .cannotWrite,
                "\(url.path) exists; choose another --output, go on with --resume, or replace it with --force")
        }
    }

    /// Makes the folder for a new training.
    /// - Parameter overwrite: whether a run that lies there already may be replaced. Files that are not a run's own are
    ///   left alone.
    /// - Throws: `DuetError` of kind `cannotWrite`, also where the folder is not empty.
    public func create(overwrite: Bool) throws {
        try check(overwrite: overwrite)
        let files = FileManager.default
        for name in Self.contents where existing.contains(name) {
            try? files.removeItem(at: url.appendingPathComponent(name))
        }
        do {
            try files.createDirectory(
                at: checkpoint.deletingLastPathComponent(), withIntermediateDirectories: true)
        } catch {
            throw DuetError(.cannotWrite, "\(url.path) cannot be made: \(error.localizedDescription)")
        }
    }

    private var existing: [String] { (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? [] }

    /// What `config.yaml` says, word by word.
    /// - Throws: `DuetError` of kind `missingInput` where there is none.
    public func configurationText() throws -> String {
        guard let text = try? String(contentsOf: configuration, encoding: .utf8) else {
            throw DuetError(
                .missingInput, "\(url.path) is no run folder: it has no config.yaml; `duet train` makes one")
        }
        return text
    }

    /// The settings of the run.
    /// - Throws: `DuetError` of kind `missingInput` where there are none, `badData` where they cannot be read.
    public func savedConfiguration() throws -> TrainingConfiguration {
        _ = try configurationText()
        return try ConfigurationFile.training(contentsOf: configuration)
    }

    /// Writes one of the folder's text files, whole or not at all.
    func write(_ text: String, to file: URL) throws {
        try AtomicFile.write(to: file, overwrite: true) { try $0.write(text) }
    }
}
