import FileFormats

/// What `metrics.json` holds: the epochs that were kept, and how their model does on the test examples.
public struct TrainingMetrics: Codable, Sendable {
    /// The version of this format.
    public private(set) var version = 1
    /// The epochs whose weights were kept: of each phase, in their order, the one with the best validation.
    public let bestEpochs: [TrainingHistory.Epoch]
    /// All epochs.
    public let history: TrainingHistory
    /// The kept model on the test examples.
    public let test: Evaluation

    /// Puts a training and its evaluation together.
    public init(_ result: Trainer.Result, _ evaluation: Evaluation) {
        bestEpochs = result.history.withoutFolds.phases.compactMap(result.history.bestEpoch)
        history = result.history
        test = evaluation
    }

    /// Writes `metrics.json`.
    func write(to folder: RunFolder) throws {
        try folder.write(try JSON.prettyText(self) + "\n", to: folder.metrics)
    }
}
