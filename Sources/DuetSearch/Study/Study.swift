import Datasets
public import Duet
import FileFormats
public import Foundation
import GRDB
import NeuralNetwork

/// A search's folder: which networks there are, what was trained, and what came out.
///
/// All of it is in one SQLite database. Several workers, threads or processes, share it: each claims a piece of work, notes now and then
/// that it is still at it, and writes the result in one transaction. A piece whose worker was killed is claimed by another one; a
/// result is taken from whoever has the claim, and once.
public final class Study: Sendable {
    /// The folder.
    public let folder: URL
    let database: DatabasePool

    static let schemaVersion = 3

    /// Seconds without a sign of life after which a piece of work is taken from its worker.
    static let lease = 15.0

    /// Where trials that are being trained keep their checkpoints.
    var checkpoints: URL { folder.appendingPathComponent("checkpoints") }

    func makeCheckpoints() throws {
        do {
            try FileManager.default.createDirectory(at: checkpoints, withIntermediateDirectories: true)
        } catch {
            throw DuetError(.cannotWrite, "\(checkpoints.path) cannot be made: \(error.localizedDescription)")
        }
    }

    /// Removes the folder, unless there are trials that are not finished.
    func removeCheckpoints() {
        if (try? progress().isComplete) == true { try? FileManager.default.removeItem(at: checkpoints) }
    }

    func checkpoint(of trial: Int) -> URL { checkpoints.appendingPathComponent("trial-\(trial).safetensors") }

    private static func file(in folder: URL) -> URL { folder.appendingPathComponent("study.sqlite") }

    init(_ folder: URL) throws {
        self.folder = folder
        var configuration = GRDB.Configuration()
        configuration.busyMode = .timeout(60)
        database = try Self.translating(folder) {
            try DatabasePool(path: Self.file(in: folder).path, configuration: configuration)
        }
    }

    /// Opens a study.
    /// - Throws: `DuetError` of kind `missingInput` where there is none, `badData` where it is broken or another version's.
    public convenience init(opening folder: URL) throws {
        guard FileManager.default.fileExists(atPath: Self.file(in: folder).path) else {
            throw DuetError(
                .missingInput, "\(folder.path) is no study: it has no study.sqlite; `duet search` makes one")
        }
        try self.init(folder)
        let version = try read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
        guard version > 0 else {
            throw DuetError(
                .missingInput,
                "\(folder.path) is no study yet: its making was broken off; search again without --resume")
        }
        try FormatVersion.check(
            version, current: Self.schemaVersion, in: "\(folder.path)/study.sqlite",
            remedy: "search again into another folder")
    }

    /// Makes a study that trains every network of a space.
    /// - Parameters:
    ///   - folder: where to; it must not hold a study.
    ///   - space: the networks.
    ///   - configuration: how each is trained; its schedule must be staged.
    ///   - data: what they are trained on.
    /// - Throws: `DuetError` of kind `exists` where there is one, `cannotWrite` where it cannot be written, `usage` where the settings
    ///   are not those of a search.
    public convenience init(
        creating folder: URL, _ space: SearchSpace, _ configuration: TrainingConfiguration, _ data: TrainingData
    ) throws {
        guard configuration.schedule == .staged, !configuration.fineTune else {
            throw DuetError(
                .usage,
                "an exhaustive search trains branches and heads apart; expected the schedule 'staged' without fine_tune"
            )
        }
        guard configuration.foldsBy != .speaker else {
            throw DuetError(
                .usage,
                "an exhaustive search keeps what branches predict of new recordings, not of new speakers; set folds_by to group"
            )
        }
        var configuration = configuration
        configuration.foldsBy = .group
        let settings = try [
            ("name", space.name), ("space", space.text), ("configuration", JSON.text(configuration)),
            ("dataset", data.fingerprint), ("validation_folds", JSON.text(ValidationFolds(data).sizes)),
        ]
        try self.init(creating: folder, settings) { database in
            try Self.insert(space, database)
        }
    }

    /// Makes a study that tries some trainings of a space.
    /// - Parameters:
    ///   - folder: where to; it must not hold a study.
    ///   - space: the networks, and what else is chosen.
    ///   - sampling: how the trainings are chosen, and how many.
    ///   - configuration: the settings that the space leaves alone.
    ///   - data: what they are trained on.
    /// - Throws: `DuetError` of kind `exists` where there is one, `cannotWrite` where it cannot be written, `usage` where there are too
    ///   few epochs to halve.
    public convenience init(
        creating folder: URL, _ space: TrialSpace, _ sampling: Sampling, _ configuration: TrainingConfiguration,
        _ data: TrainingData
    ) throws {
        guard !sampling.objectives.contains(.latency) else {
            throw DuetError(.usage, "a search cannot aim at latency, which is measured after it; aim at parameters")
        }
        let epochs = [configuration.epochs] + configuration.branches.values.compactMap(\.epochs)
        guard !sampling.halves || epochs.contains(where: { $0 >= 9 }) else {
            throw DuetError(
                .usage,
                "halving trains for a ninth of the epochs first; expected at least 9 epochs, in all phases or of a branch"
            )
        }
        let settings = try [("name", space.name), ("space", space.text), ("configuration", JSON.text(configuration))]
        try self.init(
            creating: folder, settings + [("dataset", data.fingerprint), ("sampling", JSON.text(sampling))]
        ) { _ in }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try Self.translating(folder) { try database.read(body) }
    }

    func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try Self.translating(folder) { try database.write(body) }
    }

    /// SQLite's errors, in the user's words.
    private static func translating<Value>(_ folder: URL, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as DatabaseError {
            let place = "\(folder.path)/study.sqlite"
            let text = error.message ?? "\(error)"
            switch error.resultCode {
            case .SQLITE_FULL, .SQLITE_IOERR:
                throw DuetError(
                    .cannotWrite,
                    "\(place) cannot be written: \(text). The study is as it was; make room and go on with --resume")
            case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
                throw DuetError(
                    .cannotWrite,
                    "\(place) cannot be written: \(text). Even to read a study, its folder must be writable; copy it into one that is"
                )
            case .SQLITE_NOTADB, .SQLITE_CORRUPT:
                throw DuetError(.badData, "\(place) is no sound database: \(text)")
            case .SQLITE_BUSY:
                throw DuetError(.cannotWrite, "\(place) is kept busy by another program: \(text)")
            default:
                throw DuetError(.internalFault, "\(place): \(error)")
            }
        }
    }
}

extension Study {
    func setting(_ key: String) throws -> String {
        let value = try read {
            try String.fetchOne($0, sql: "SELECT value FROM setting WHERE key = ?", arguments: [key])
        }
        guard let value else { throw DuetError(.badData, "\(folder.path)/study.sqlite has no setting '\(key)'") }
        return value
    }

    /// How trainings are chosen; nil where every network is trained.
    public func sampling() throws -> Sampling? {
        let text = try read { try String.fetchOne($0, sql: "SELECT value FROM setting WHERE key = 'sampling'") }
        return try text.map { try JSON.value(Sampling.self, from: $0, in: "\(folder.path)/study.sqlite") }
    }

    /// Tries more trainings, or fewer, than the study was begun with. Those that are tried already stay.
    /// - Parameter trials: how many in all.
    /// - Throws: `DuetError` of kind `usage` where the study trains every network.
    public func setTrials(_ trials: Int) throws {
        guard var sampling = try sampling() else {
            throw DuetError(.usage, "\(folder.path) is a search that trains every network; leave out --trials")
        }
        sampling.trials = trials
        let text = try JSON.text(sampling)
        try write {
            try $0.execute(sql: "UPDATE setting SET value = ? WHERE key = 'sampling'", arguments: [text])
        }
    }

    /// What the networks are called after.
    public func name() throws -> String { try setting("name") }

    /// How each network is trained.
    public func configuration() throws -> TrainingConfiguration {
        try JSON.value(TrainingConfiguration.self, from: setting("configuration"), in: "\(folder.path)/study.sqlite")
    }

    /// The data that the networks are trained on.
    /// - Parameter configuration: as the study has it.
    /// - Returns: the data.
    /// - Throws: `DuetError` of kind `badData` where it is no longer the same.
    public func data(_ configuration: TrainingConfiguration) throws -> TrainingData {
        let data = try TrainingData(configuration)
        guard try data.fingerprint == setting("dataset") else {
            throw DuetError(.badData, "\(configuration.data) is not the dataset that \(folder.path) was begun with")
        }
        return data
    }

    /// The networks, read again from the text that the study was begun with.
    public func space(_ data: TrainingData) throws -> SearchSpace {
        try SearchSpace(setting("space"), path: "the space of \(folder.path)", for: data.dataset)
    }

    /// What is tried, read again from the text that the study was begun with.
    public func trialSpace(_ data: TrainingData) throws -> TrialSpace {
        try TrialSpace(setting("space"), path: "the space of \(folder.path)", for: data.dataset)
    }
}
