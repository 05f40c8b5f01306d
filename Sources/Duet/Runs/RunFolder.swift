import FileFormats
public import Foundation

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

    /// Checks that a new training may go into the folder, and changes nothing.
    /// - Throws: `DuetError` of kind `cannotWrite` where the folder is not empty and may not be replaced.
    public func check(overwrite: Bool) throws {
        guard overwrite || existing.isEmpty else {
            throw DuetError(
                .cannotWrite,
                "\(url.path) exists; choose another --output, go on with --resume, or replace it with --force")
        }
    }

    /// Removes what an earlier training left. Files that are not a run's own are left alone.
    func clear() throws {
        let files = FileManager.default
        for name in Self.contents where existing.contains(name) {
            try? files.removeItem(at: url.appendingPathComponent(name))
        }
        removePartialFiles()
        do {
            try files.createDirectory(
                at: checkpoint.deletingLastPathComponent(), withIntermediateDirectories: true)
        } catch {
            throw DuetError(.cannotWrite, "\(url.path) cannot be made: \(error.localizedDescription)")
        }
    }

    /// Removes files that a killed training had not finished. For whoever holds the lock: nobody else is writing.
    func removePartialFiles() {
        for folder in [url, checkpoint.deletingLastPathComponent()] {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
            for name in names where name.hasPrefix(".") && name.hasSuffix(".partial") {
                try? FileManager.default.removeItem(at: folder.appendingPathComponent(name))
            }
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

extension RunFolder {
    /// The right to write into a run folder, held for as long as this object lives. The system takes it back when the process ends,
    /// however it does, so a killed training blocks nobody.
    final class Lock {
        private let descriptor: Int32

        // The folder itself is locked, so no file is left behind.
        fileprivate init(_ folder: URL) throws {
            descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard descriptor >= 0 else { throw DuetError.system(.cannotWrite, "\(folder.path) cannot be opened") }
            // Some network file systems cannot lock; there, the user has to take care.
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else {
                close(descriptor)
                throw DuetError(
                    .cannotWrite,
                    "another training is writing into \(folder.path); wait for it, stop it, or choose another --output")
            }
        }

        deinit { close(descriptor) }
    }

    /// Makes the folder where there is none, and takes the right to write into it.
    /// - Throws: `DuetError` of kind `cannotWrite` where somebody else has it.
    func lock() throws -> Lock {
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        } catch {
            throw DuetError(.cannotWrite, "\(url.path) cannot be made: \(error.localizedDescription)")
        }
        return try Lock(url)
    }
}
