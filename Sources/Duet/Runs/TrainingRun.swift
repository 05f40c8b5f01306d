import Datasets
public import FileFormats
import Foundation

/// A training into a run folder: settings, history, the best model and a checkpoint are written while it trains, and what was
/// measured on the test examples at its end.
///
/// ```swift
/// let configuration = TrainingConfiguration(data: "data/digits", output: "runs/first")
/// let data = try TrainingData(configuration)
/// let outcome = try TrainingRun(configuration, data: data).train()
/// print(outcome.metrics.test.accuracies.all.accuracy)
/// ```
///
/// While this object lives, no other process and no other run can write into the folder.
public final class TrainingRun {
    /// What a run leaves.
    public struct Outcome: Sendable {
        /// The kept epoch's model.
        public let model: TrainedModel
        /// What `metrics.json` holds.
        public let metrics: TrainingMetrics
        /// The model's predictions for each test example.
        public let test: Evaluator.Result
    }

    /// Where the run is written.
    public let folder: RunFolder
    private let trainer: Trainer
    private let lock: RunFolder.Lock
    private let resumes: Bool
    /// What other runs have trained already, and this one leaves for others.
    package var shared: SharedBranches?

    /// Prepares a run: checks settings against data, makes the folder and locks it.
    /// - Parameters:
    ///   - configuration: the settings; `output` is the folder.
    ///   - data: the data, loaded as the settings say.
    ///   - resume: whether to go on from the folder's checkpoint. Without one, the training starts over.
    ///   - overwrite: whether a run that the folder holds may be replaced.
    /// - Throws: `DuetError` of kind `cannotWrite` where the folder is not empty, or another run is writing into it; `DuetError` or
    ///   `NetworkError` where the network does not fit the data.
    public init(
        _ configuration: TrainingConfiguration, data: TrainingData, resume: Bool = false, overwrite: Bool = false
    ) throws {
        trainer = try Trainer(configuration, data: data)
        folder = RunFolder(URL(fileURLWithPath: configuration.output))
        resumes = resume
        if !resume { try folder.check(overwrite: overwrite) }
        lock = try folder.lock()
        if resume {
            folder.removePartialFiles()
        } else {
            try folder.clear()
            try folder.write(ConfigurationFile.text(of: configuration), to: folder.configuration)
        }
    }

    /// Trains to the end and measures the best model on the test examples.
    /// - Parameters:
    ///   - observers: are told what happens.
    ///   - monitor: told of the calibration and the evaluation; where it cancels, a checkpoint is written first.
    /// - Returns: the model, and what was measured.
    /// - Throws: `DuetError` of kind `badData` if the training diverges; the last checkpoint and the best model stay.
    public func train(
        observers: [any TrainingObserver] = [], monitor: WorkMonitor = .none
    ) throws -> Outcome {
        let (configuration, data) = (trainer.configuration, trainer.data)
        let resuming = "duet train --resume --output \(folder.url.relativePath)"
        let files: [any TrainingObserver] = [
            CheckpointWriter(
                folder.checkpoint, monitor, whenStopped: "stopped; the state is saved. Go on with: \(resuming)"),
            FinalCheckpoint(folder.checkpoint), ModelWriter(folder), HistoryWriter(folder),
        ]
        let result = try trainer.train(from: try savedState(), observers: observers + files, shared: shared)
        let test: Evaluator.Result
        do {
            test = try Evaluator(result.model, threads: configuration.threads).evaluate(
                data.dataset, rows: data.split.test, on: .test, monitor: monitor)
        } catch let error as DuetError where error.kind == .interrupted {
            throw DuetError(
                .interrupted, "stopped; the model is trained, but not evaluated. Go on with: \(resuming)")
        }
        let metrics = TrainingMetrics(result, test.evaluation, keep: configuration.keep)
        try metrics.write(to: folder)
        var model = result.model
        model.test = TrainedModel.TestResult(test.evaluation)
        try model.write(to: folder.model, overwrite: true)
        return Outcome(model: model, metrics: metrics, test: test)
    }

    private func savedState() throws -> TrainingState {
        try (resumes ? trainer.state(from: folder.checkpoint) : nil) ?? trainer.initialState()
    }
}

/// Writes the model whenever there are new weights to keep.
private final class ModelWriter: TrainingObserver {
    private let folder: RunFolder

    init(_ folder: RunFolder) {
        self.folder = folder
    }

    func epochEnded(_ epoch: TrainingHistory.Epoch, isBest: Bool, _ training: Training) throws {
        guard training.completesModel, isBest || training.configuration.keep == .last else { return }
        try training.keptModel().write(to: folder.model, overwrite: true)
    }

    /// With what was fitted at the end.
    func trainingEnded(_ training: Training) throws {
        try training.keptModel().write(to: folder.model, overwrite: true)
    }
}

/// Writes the history after each epoch.
private final class HistoryWriter: TrainingObserver {
    private let folder: RunFolder

    init(_ folder: RunFolder) {
        self.folder = folder
    }

    func phaseWasTaken(from model: String, _ training: Training) throws {
        try folder.write(training.history.csv, to: folder.history)
    }

    func epochEnded(_ epoch: TrainingHistory.Epoch, isBest: Bool, _ training: Training) throws {
        try folder.write(training.history.csv, to: folder.history)
    }
}

extension TrainingData {
    /// Loads and divides the dataset folder that a configuration names.
    /// - Parameters:
    ///   - configuration: names the folder, and says how it is divided.
    ///   - monitor: told of the examples that were read.
    /// - Throws: `DuetError` where the folder is not a sound dataset, or of kind `interrupted`.
    public init(_ configuration: TrainingConfiguration, monitor: WorkMonitor = .none) throws {
        try self.init(
            URL(fileURLWithPath: configuration.data), split: configuration.split, seed: configuration.seed,
            limit: configuration.limit, monitor: monitor)
    }
}
