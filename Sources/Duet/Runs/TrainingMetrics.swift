import FileFormats

/// What `metrics.json` holds: the epochs that were kept, and how their model does on the test examples.
public struct TrainingMetrics: Codable, Sendable {
    /// The version of this format.
    public private(set) var version = 2
    /// The epochs whose weights were kept: one of each phase, in their order.
    public let keptEpochs: [TrainingHistory.Epoch]
    /// All epochs.
    public let history: TrainingHistory
    /// The kept model on the test examples.
    public let test: Evaluation

    /// Puts a training and its evaluation together.
    /// - Parameters:
    ///   - result: the training.
    ///   - evaluation: its model on the test examples.
    ///   - keep: which epochs the training kept.
    public init(_ result: Trainer.Result, _ evaluation: Evaluation, keep: KeptEpoch) {
        keptEpochs = result.history.withoutFolds.phases.compactMap { result.history.keptEpoch(of: $0, keep) }
        history = result.history
        test = evaluation
    }

    /// Writes `metrics.json`.
    func write(to folder: RunFolder) throws {
        try folder.write(try JSON.prettyText(self) + "\n", to: folder.metrics)
    }
}
