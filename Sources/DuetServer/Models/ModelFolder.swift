import Duet
import FileFormats
import Foundation
import Logging
import NIOConcurrencyHelpers
import Synchronization

/// A folder with model files, each of which is served by its name without `.safetensors`. A file that is replaced is loaded beside the
/// model that is served, and takes its place; one that cannot be loaded leaves it where it is.
final class ModelFolder: Sendable {
    private let folder: URL
    private let settings: ServerSettings
    private let isOver = Atomic(false)
    /// What was seen last of each file, and what was last loaded or tried.
    private let known: NIOLockedValueBox<[String: (seen: FileSignature, tried: FileSignature)]>
    /// The models that the folder had at first.
    let models: ServedModels

    /// How long a file must stay as it is before it is loaded, and how soon a new one is seen.
    private static let pause: UInt32 = 500_000

    /// Loads all model files.
    /// - Parameters:
    ///   - folder: a folder with at least one.
    ///   - settings: how they are served.
    /// - Throws: `DuetError` of kind `missingInput` where there is no model file, `badData` and `usage` for what cannot be served.
    init(_ folder: URL, _ settings: ServerSettings) throws {
        guard settings.modelName == nil else {
            throw DuetError(.usage, "--name goes with --model; the models of --models are called as their files")
        }
        (self.folder, self.settings) = (folder, settings)
        let names = try Self.names(in: folder)
        guard !names.isEmpty else {
            throw DuetError(.missingInput, "\(folder.path) has no model file; expected NAME.safetensors")
        }
        var known: [String: (seen: FileSignature, tried: FileSignature)] = [:]
        let models = try names.map { name in
            let url = Self.file(name, in: folder)
            guard let signature = FileSignature(url) else {
                throw DuetError(.missingInput, "\(url.path) cannot be read")
            }
            known[name] = (signature, signature)
            return try Self.load(name, version: 1, in: folder, settings, ModelMetrics())
        }
        self.known = NIOLockedValueBox(known)
        self.models = ServedModels(models)
    }

    private static func names(in folder: URL) throws -> [String] {
        let files: [String]
        do {
            files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        } catch {
            throw DuetError(.missingInput, "\(folder.path) cannot be read (\(error.localizedDescription))")
        }
        // Hidden ones are those that are still being written.
        return files.filter { $0.hasSuffix(".safetensors") && !$0.hasPrefix(".") }
            .map { String($0.dropLast(".safetensors".count)) }.sorted()
    }

    private static func file(_ name: String, in folder: URL) -> URL {
        folder.appendingPathComponent("\(name).safetensors")
    }

    private static func load(
        _ name: String, version: Int, in folder: URL, _ settings: ServerSettings, _ metrics: ModelMetrics
    ) throws -> ServedModel {
        let model = try TrainedModel(contentsOf: file(name, in: folder), isCopied: true)
        var settings = settings
        settings.modelName = name
        guard ServerSettings.canNameModel(name) else {
            throw DuetError(
                .usage, "\(name).safetensors cannot be a model's name; expected letters, digits, '.', '_' and '-'")
        }
        return try ServedModel(model, settings, version: version, metrics: metrics)
    }

    /// Looks for changes until `stop()`, on a thread of its own.
    /// - Parameter logger: told of each model that is replaced, or is not.
    func watch(_ logger: Logger) {
        let thread = Thread { [self] in
            while !isOver.load(ordering: .relaxed) {
                usleep(Self.pause)
                look(logger)
            }
        }
        thread.name = "duet-models"
        thread.start()
    }

    /// Looks no more.
    func stop() { isOver.store(true, ordering: .relaxed) }

    private func look(_ logger: Logger) {
        guard let names = try? Self.names(in: folder) else { return }
        for name in names {
            guard let signature = FileSignature(Self.file(name, in: folder)) else { continue }
            let isNew = known.withLockedValue { known in
                guard let before = known[name] else {
                    known[name] = (signature, signature)
                    return false
                }
                known[name]?.seen = signature
                // Twice the same: nobody is writing it.
                guard before.seen == signature, before.tried != signature else { return false }
                known[name]?.tried = signature
                return true
            }
            if isNew { reload(name, logger) }
        }
    }

    private func reload(_ name: String, _ logger: Logger) {
        guard let old = models[name] else { return }
        do {
            let new = try Self.load(name, version: old.number + 1, in: folder, settings, old.metrics)
            models.replace(with: new)
            logger.notice("model replaced", metadata: ["model": "\(name)", "version": "\(new.version)"])
        } catch {
            old.metrics.reloadFailed()
            logger.error(
                "model not replaced", metadata: ["model": "\(name)", "version": "\(old.version)", "error": "\(error)"])
        }
    }
}
