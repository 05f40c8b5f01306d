package import FileFormats
package import Foundation

/// Writes a checkpoint every half minute, and when someone asks to stop. Tells how far what follows the training has come.
final class CheckpointWriter: TrainingObserver {
    private let file: URL
    private let monitor: WorkMonitor
    private let whenStopped: String
    private var lastSave = ContinuousClock.now

    /// Seconds of training that a kill may cost.
    private static let interval = Duration.seconds(30)

    /// - Parameters:
    ///   - file: the checkpoint.
    ///   - monitor: asks to stop.
    ///   - whenStopped: what the error says then.
    init(_ file: URL, _ monitor: WorkMonitor, whenStopped: String) {
        (self.file, self.monitor, self.whenStopped) = (file, monitor, whenStopped)
    }

    func batchEnded(_ training: Training) throws {
        let isInterrupted = monitor.isCancelled
        if isInterrupted || isDue { try save(training) }
        if isInterrupted { throw DuetError(.interrupted, whenStopped) }
    }

    func epochEnded(_ epoch: TrainingHistory.Epoch, isBest: Bool, _ training: Training) throws {
        if isDue { try save(training) }
    }

    func calibrating(_ completed: Int, of total: Int, _ training: Training) throws {
        if monitor.isCancelled {
            try save(training)
            throw DuetError(.interrupted, whenStopped)
        }
        monitor.report("Calibrating", completed, of: total, "examples")
    }

    private var isDue: Bool { lastSave.duration(to: .now) > Self.interval }

    private func save(_ training: Training) throws {
        try training.writeCheckpoint(to: file)
        lastSave = .now
    }
}

/// Writes a checkpoint of the finished training.
final class FinalCheckpoint: TrainingObserver {
    private let file: URL

    init(_ file: URL) { self.file = file }

    func trainingEnded(_ training: Training) throws { try training.writeCheckpoint(to: file) }
}

extension Training {
    fileprivate func writeCheckpoint(to file: URL) throws {
        try Checkpoint.write(snapshot(), configuration: configuration, dataset: data.fingerprint, to: file)
    }
}

extension Trainer {
    /// Where a training stood when its checkpoint was written; nil where there is none.
    func state(from checkpoint: URL) throws -> TrainingState? {
        guard FileManager.default.fileExists(atPath: checkpoint.path) else { return nil }
        let state = try Checkpoint.read(
            from: checkpoint, configuration: configuration, dataset: data.fingerprint,
            initial: initialState().parameters)
        // They depend on the dataset's speakers, of which its fingerprint knows nothing.
        let trained = state.history.phases
        guard trained == Array(phases.prefix(trained.count)) else {
            throw DuetError(
                .badData,
                "\(checkpoint.path) is of a training with the phases \(trained.map(\.rawValue).joined(separator: ", ")), but now they "
                    + "are \(phases.map(\.rawValue).joined(separator: ", ")); restore the dataset's speakers to resume, or train "
                    + "again with --force")
        }
        return state
    }

    /// Trains to the end, from a checkpoint where there is one that can be used.
    /// - Parameters:
    ///   - checkpoint: the file; it is written every half minute and where the monitor cancels, and stays.
    ///   - monitor: asks to stop.
    /// - Returns: the kept epoch's model and the history of all epochs.
    /// - Throws: as `train(observers:)` does, and `DuetError` of kind `interrupted` where the monitor cancels.
    package func train(resuming checkpoint: URL, monitor: WorkMonitor) throws -> Result {
        // One of another version or of other settings is worth no more than none.
        let state = try (try? state(from: checkpoint)) ?? initialState()
        return try train(
            from: state, observers: [CheckpointWriter(checkpoint, monitor, whenStopped: "stopped")])
    }
}
